import { createWriteStream } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as zlib from 'node:zlib';
import type { RecordBatchReader } from 'apache-arrow';
import { hash } from '../../util/hash.js';
import type { FoundFile } from './list-files.js';
import { decompressLz4 } from './lz4-frame.js';
import { openBytes } from './open-bytes.js';

export interface OpenArrow {
  readonly reader: RecordBatchReader;
  close(): Promise<void>;
}

/** Opens an Arrow IPC file or stream, whose batches are then read one by one. */
export async function openArrow(file: FoundFile, tempDir: string): Promise<OpenArrow> {
  const arrow = await import('apache-arrow');
  await registerCodecs(arrow);
  const isPlain = file.compression === 'none';
  const path = isPlain ? file.absolute : await decompressed(file, tempDir);
  const handle = await open(path);
  const close = async () => {
    // The package closes a handle that it has read to its end.
    await handle.close().catch(() => undefined);
    if (!isPlain) await rm(path, { force: true });
  };
  try {
    const reader = await arrow.RecordBatchReader.from(handle);
    await reader.open();
    return { reader: reader as RecordBatchReader, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The footer of an Arrow file is at its end, so what is compressed as a whole is decompressed first. */
async function decompressed(file: FoundFile, tempDir: string): Promise<string> {
  await mkdir(tempDir, { recursive: true });
  const path = join(tempDir, `${hash(file.absolute, String(process.hrtime.bigint()))}.arrow`);
  await pipeline(openBytes(file), createWriteStream(path));
  return path;
}

/** Arrow's own compression of buffers, which the package leaves to its users. */
async function registerCodecs(arrow: typeof import('apache-arrow')): Promise<void> {
  const { compressionRegistry, CompressionType } = arrow;
  if (compressionRegistry.get(CompressionType.LZ4_FRAME)) return;
  const decodeZstd = zstdSync ?? (await import('fzstd')).decompress;
  compressionRegistry.set(CompressionType.ZSTD, { decode: (bytes) => aligned(decodeZstd(bytes)) });
  compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: decompressLz4 });
}

/** The package takes 64-bit numbers only from bytes that begin at a multiple of 8 in their buffer. */
function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 8 === 0 ? bytes : Uint8Array.from(bytes);
}

// Node has had it since 22.15.
const zstdSync = (zlib as { readonly zstdDecompressSync?: (bytes: Uint8Array) => Uint8Array })
  .zstdDecompressSync;
