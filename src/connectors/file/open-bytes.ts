import { createReadStream } from 'node:fs';
import * as zlib from 'node:zlib';
import type { FoundFile } from './list-files.js';

/** A file's decompressed bytes. Throws what Node says of data that is cut off or corrupt. */
export async function* openBytes({ absolute, compression }: FoundFile): AsyncGenerator<Uint8Array> {
  const source = createReadStream(absolute, { highWaterMark: 1 << 20 });
  try {
    switch (compression) {
      case 'none':
        yield* source as AsyncIterable<Uint8Array>;
        break;
      case 'gzip':
        yield* piped(source, zlib.createGunzip({ chunkSize: 1 << 20 }));
        break;
      case 'zstd':
        // Node has had zstd since 22.15.
        if (createZstd) yield* piped(source, createZstd());
        else yield* decompressZstd(source as AsyncIterable<Uint8Array>);
    }
  } finally {
    source.destroy();
  }
}

const createZstd = (zlib as { readonly createZstdDecompress?: () => NodeJS.ReadWriteStream })
  .createZstdDecompress;

async function* piped(
  source: NodeJS.ReadableStream,
  target: NodeJS.ReadWriteStream,
): AsyncGenerator<Uint8Array> {
  source.on('error', (error) => (target as zlib.Gunzip).destroy(error));
  yield* source.pipe(target) as AsyncIterable<Uint8Array>;
}

async function* decompressZstd(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { Decompress } = await import('fzstd');
  const parts: Uint8Array[] = [];
  const decompress = new Decompress((part) => parts.push(part));
  for await (const chunk of source) {
    decompress.push(chunk);
    yield* parts.splice(0);
  }
  decompress.push(new Uint8Array(0), true);
  yield* parts.splice(0);
}
