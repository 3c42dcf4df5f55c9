import { fileURLToPath } from 'node:url';

/** One line of an error's stack; line and column count from 1. */
export interface StackFrame {
  readonly functionName: string | undefined;
  /** Path, or the name that a script was compiled under. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

const framePattern = /^\s*at (?:(.*?) \()?(?:eval at .*, )?(.+?):(\d+):(\d+)\)?$/;

/** The frames of an error's stack, innermost first; none for a thrown value that is no error. */
export function stackFrames(thrown: unknown): readonly StackFrame[] {
  if (!(thrown instanceof Error) || typeof thrown.stack !== 'string') return [];
  const frames: StackFrame[] = [];
  for (const text of thrown.stack.split('\n')) {
    const found = framePattern.exec(text);
    if (!found) continue;
    const [, name, location, line, column] = found;
    frames.push({
      functionName: name?.replace(/^(?:new|async|Module|Object|Array|exports)[ .]/, ''),
      file: toPath(location!.replace(/^async /, '')),
      line: Number(line),
      column: Number(column),
    });
  }
  return frames;
}

// A reloaded module may carry a query, which is no part of the path.
function toPath(location: string): string {
  return location.startsWith('file:') ? fileURLToPath(location.split('?')[0]!) : location;
}
