import { type FileHandle, open } from 'node:fs/promises';
import { fileEnd, type ParquetFooter, readFooter } from './parquet-footer.js';

/** Beyond this, keeping what a reader may still look for costs more than a query that is run again. */
const mostKeptBytes = 1 << 30;
/** Where files are replaced in quick succession, all that they kept is kept, so long as it is little. */
const quickMs = 60_000;
const mostQuickBytes = 16 << 20;
const chunkBytes = 1 << 20;
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
  const before = await open(shown).catch(() => undefined);
  if (!before) return false;
  try {
    const stretch = await keptStretch(before);
    if (!stretch || stretch.end - stretch.start > mostKeptBytes) return false;
    return await whileOpen(next, 'r', async (after) => {
      const footer = await readFooter(after);
      if (footer) await writeFile(path, after, footer, { file: before, stretch });
      return footer !== undefined;
    });
  } finally {
    await before.close();
  }
}

/** What readers may still look for: its rows, and those of the files before it that are hardly gone. */
async function keptStretch(file: FileHandle): Promise<Stretch | undefined> {
  const footer = await readFooter(file);
  if (!footer) return undefined;
  const isQuick = footer.start <= mostQuickBytes && Date.now() - (await file.stat()).mtimeMs < quickMs;
  return isQuick && footer.start > magicBytes ? { start: magicBytes, end: footer.start } : footer.data;
}

/** Whether a Parquet file has more bytes than its own rows need. */
export async function isOverlaid(path: string): Promise<boolean> {
  const footer = await whileOpen(path, 'r', readFooter);
  return footer?.data !== undefined && (footer.data.start > magicBytes || footer.start > footer.data.end);
}

/**
 * Writes an overlaid file without what it keeps of others. A reader that has its footer finds its bytes where they
 * were: rows that do not stand in front are only copied there, and what is left goes the next time.
 */
export async function slimFile(overlaid: string, path: string): Promise<boolean> {
  return whileOpen(overlaid, 'r', async (file) => {
    const footer = await readFooter(file);
    if (!footer?.data) return false;
    const isInFront = footer.data.start === magicBytes;
    await writeFile(path, file, footer, isInFront ? undefined : { file, stretch: footer.data });
    return true;
  });
}

async function writeFile(
  path: string,
  from: FileHandle,
  footer: ParquetFooter,
  kept?: { readonly file: FileHandle; readonly stretch: Stretch },
): Promise<void> {
  const own = footer.data ?? { start: magicBytes, end: magicBytes };
  const shift = kept ? placeBeside(kept.stretch, own) - own.start : 0;
  await whileOpen(path, 'wx', async (target) => {
    await copyBytes(from, target, { start: 0, end: magicBytes });
    await copyBytes(from, target, own, shift);
    if (kept) await copyBytes(kept.file, target, kept.stretch);
    await writeBytes(target, fileEnd(footer, shift), Math.max(kept?.stretch.end ?? 0, own.end + shift));
  });
}

/** In front of what is kept where it fits; else so far behind that it will fit in front of itself. */
function placeBeside(kept: Stretch, own: Stretch): number {
  const endInFront = magicBytes + own.end - own.start;
  return endInFront <= kept.start ? magicBytes : Math.max(kept.end, endInFront);
}

async function whileOpen<T>(
  path: string,
  flags: string,
  action: (file: FileHandle) => Promise<T>,
): Promise<T> {
  const file = await open(path, flags);
  try {
    return await action(file);
  } finally {
    await file.close();
  }
}

async function copyBytes(
  from: FileHandle,
  to: FileHandle,
  { start, end }: Stretch,
  shift = 0,
): Promise<void> {
  const chunk = Buffer.alloc(Math.min(chunkBytes, end - start));
  for (let at = start; at < end; ) {
    const { bytesRead } = await from.read(chunk, 0, Math.min(chunk.length, end - at), at);
    if (bytesRead === 0) throw new Error('A Parquet file ends before its data does.');
    await writeBytes(to, chunk.subarray(0, bytesRead), at + shift);
    at += bytesRead;
  }
}

async function writeBytes(to: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; )
    done += (await to.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
}
