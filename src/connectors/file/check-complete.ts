import { type FileHandle, open } from 'node:fs/promises';
import { errorDiagnostic } from '../../diagnostics/diagnostic.js';
import { DiagnosticError } from '../../diagnostics/diagnostic-error.js';
import type { SourceTable } from '../../ir/project.js';
import type { FoundFile } from './list-files.js';
import { openBytes } from './open-bytes.js';

/**
 * Throws `DiagnosticError` for a compressed file that is cut off or corrupt: DuckDB 1.5 takes the part that it can
 * decompress for the whole and says nothing.
 */
export async function checkComplete(table: SourceTable, file: FoundFile): Promise<void> {
  try {
    if (file.compression === 'gzip') for await (const _ of openBytes(file));
    if (file.compression === 'zstd') await walkZstdFrames(file.absolute);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code?.startsWith('E')
      ? String(error)
      : 'it is cut off or corrupt';
    throw new DiagnosticError(
      [
        errorDiagnostic('land/unreadable', `${file.path} cannot be decompressed: ${reason}.`, {
          span: table.span,
        }),
      ],
      { cause: error },
    );
  }
}

/** Follows the sizes in the headers of frames and blocks to the end of the file, without decompressing. */
async function walkZstdFrames(path: string): Promise<void> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    let at = 0;
    while (at < size) at = await endOfFrame(file, at);
    if (at !== size) throw new Error('A zstd frame reaches beyond the end of the file.');
  } finally {
    await file.close();
  }
}

const magic = 0xfd2fb528;

async function endOfFrame(file: FileHandle, start: number): Promise<number> {
  const head = await readAt(file, start, 5);
  const number = head.readUInt32LE(0);
  if ((number & 0xfffffff0) >>> 0 === 0x184d2a50)
    return start + 8 + (await readAt(file, start + 4, 4)).readUInt32LE(0);
  if (number !== magic) throw new Error('Not a zstd frame.');
  const descriptor = head[4]!;
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const contentSizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!;
  let at = start + 5 + (isSingleSegment ? 0 : 1) + dictionaryBytes + contentSizeBytes;
  for (let isLast = false; !isLast; ) {
    const block = (await readAt(file, at, 3)).readUIntLE(0, 3);
    isLast = (block & 1) === 1;
    const isRepeated = ((block >> 1) & 3) === 1;
    at += 3 + (isRepeated ? 1 : block >> 3);
  }
  return at + (descriptor & 4 ? 4 : 0);
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead < length) throw new Error('The file ends inside a zstd frame.');
  return buffer;
}
