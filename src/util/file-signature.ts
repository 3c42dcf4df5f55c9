import { statSync } from 'node:fs';

/** A file changed within this time of being looked at may change again without a new time stamp. */
const racyMs = 2_000;

/** What a file is known by without being read: equal signatures mean that nobody wrote it in between. */
export interface FileSignature {
  readonly text: string;
  /** False for a pipe, a socket or a device. */
  readonly isFile: boolean;
  /** Whether the next change is sure to give another signature. */
  readonly isSettled: boolean;
}

/** Blocks, for a few microseconds: many times faster than a promise. Throws where there is no file. */
export function fileSignature(path: string): FileSignature {
  const found = statSync(path);
  // As numbers, times are good to a quarter of a microsecond; as nanoseconds they would take twice as long.
  const { size, mtimeMs, ctimeMs, ino, dev } = found;
  return {
    text: `${path}\n${size} ${mtimeMs} ${ctimeMs} ${ino} ${dev}`,
    isFile: found.isFile(),
    isSettled: Date.now() - Math.max(mtimeMs, ctimeMs) > racyMs,
  };
}
