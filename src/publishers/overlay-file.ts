import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileEnd, type ParquetFooter, readFooter } from './parquet-footer.js';

// Many of these files are small, and asking another thread for each step takes ten times as long as the step.

/** Beyond this, keeping what a reader may still look for costs more than a query that is run again. */
const mostKeptBytes = 1 << 30;
/** Where files are replaced in quick succession, all that they kept is kept, so long as it is little. */
const quickMs = 60_000;
const mostQuickBytes = 16 << 20;
const chunkBytes = 4 << 20;
const magicBytes = 4;

/** Bytes of a file, `end` exclusive. */
interface Stretch {
  readonly start: number;
  readonly end: number;
}

/**
 * Writes a Parquet file with the rows of `next`, in which the bytes of `shown` also stand where they stood: a reader
 * that has the footer of `shown` and opens the file by its name again, as DuckDB does, finds what it looks for. What
 * neither names is a hole. Returns false, and writes nothing, where there is nothing to keep, or too much.
 */
export async function overlayFile(shown: string, next: string, path: string): Promise<boolean> {
  const before = openOrNot(shown);
  if (before === undefined) return false;
  try {
    const stretch = keptStretch(before);
    if (!stretch || stretch.end - stretch.start > mostKeptBytes) return false;
    return await whileOpen(next, 'r', async (after) => {
      const footer = readFooter(after);
      if (footer) await writeFile(path, after, footer, { file: before, stretch });
      return footer !== undefined;
    });
  } finally {
    closeSync(before);
  }
}

/** Whether a Parquet file has more bytes than its own rows need. */
export function isOverlaid(path: string): Promise<boolean> {
  return whileOpen(path, 'r', async (file) => {
    const { data, start } = readFooter(file) ?? {};
    return data !== undefined && (data.start > magicBytes || start! > data.end);
  });
}

/**
 * Writes an overlaid file without what it keeps of others. A reader that has its footer finds its bytes where they
 * were: rows that do not stand in front are only copied there, and what is left goes the next time.
 */
export function slimFile(overlaid: string, path: string): Promise<boolean> {
  return whileOpen(overlaid, 'r', async (file) => {
    const footer = readFooter(file);
    if (!footer?.data) return false;
    const isInFront = footer.data.start === magicBytes;
    await writeFile(path, file, footer, isInFront ? undefined : { file, stretch: footer.data });
    return true;
  });
}

/** What readers may still look for: its rows, and those of the files before it that are hardly gone. */
function keptStretch(file: number): Stretch | undefined {
  const footer = readFooter(file);
  if (!footer) return undefined;
  const isQuick = footer.start <= mostQuickBytes && Date.now() - fstatSync(file).mtimeMs < quickMs;
  return isQuick && footer.start > magicBytes ? { start: magicBytes, end: footer.start } : footer.data;
}

async function writeFile(
  path: string,
  from: number,
  footer: ParquetFooter,
  kept?: { readonly file: number; readonly stretch: Stretch },
): Promise<void> {
  const own = footer.data ?? { start: magicBytes, end: magicBytes };
  const shift = kept ? placeBeside(kept.stretch, own) - own.start : 0;
  await whileOpen(path, 'wx', async (target) => {
    await copyBytes(from, target, { start: 0, end: magicBytes });
    await copyBytes(from, target, own, shift);
    if (kept) await copyBytes(kept.file, target, kept.stretch);
    writeBytes(target, fileEnd(footer, shift), Math.max(kept?.stretch.end ?? 0, own.end + shift));
  });
}

/** In front of what is kept where it fits; else so far behind that it will fit in front of itself. */
function placeBeside(kept: Stretch, own: Stretch): number {
  const endInFront = magicBytes + own.end - own.start;
  return endInFront <= kept.start ? magicBytes : Math.max(kept.end, endInFront);
}

function openOrNot(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch {
    return undefined;
  }
}

async function whileOpen<T>(path: string, flags: string, action: (file: number) => Promise<T>): Promise<T> {
  const file = openSync(path, flags);
  try {
    return await action(file);
  } finally {
    closeSync(file);
  }
}

async function copyBytes(from: number, to: number, { start, end }: Stretch, shift = 0): Promise<void> {
  const chunk = Buffer.alloc(Math.min(chunkBytes, end - start));
  for (let at = start; at < end; ) {
    if (at > start) await nextTurn();
    const count = readSync(from, chunk, 0, Math.min(chunk.length, end - at), at);
    if (count === 0) throw new Error('A Parquet file ends before its data does.');
    writeBytes(to, chunk.subarray(0, count), at + shift);
    at += count;
  }
}

function writeBytes(to: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length; )
    done += writeSync(to, bytes, done, bytes.length - done, position + done);
}
