import { createReadStream } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { type Limit, limitConcurrency } from '../util/limit-concurrency.js';
import { mapConcurrently } from '../util/map-concurrently.js';
import { withRetries } from './s3-retry.js';

const partBytes = 8 * 1024 * 1024;
const mostParts = 9_000;
const partsAtOnce = 4;

export interface ObjectPlace {
  readonly Bucket: string;
  readonly Key: string;
}

/** Moves large files to and from an object store in parts. Memory stays within some 200 MB, whatever the sizes. */
export class S3Transfer {
  readonly #small: Limit = limitConcurrency(8);
  readonly #large: Limit = limitConcurrency(2);
  readonly #ranges: Limit = limitConcurrency(12);

  constructor(private readonly client: S3Client) {}

  /** Stores a file. In several parts they have equal sizes but the last, as R2 wants it. */
  async upload(localPath: string, place: ObjectPlace, signal?: AbortSignal): Promise<void> {
    const { size } = await stat(localPath);
    if (size <= partBytes) {
      await this.#small(async () => {
        const command = new PutObjectCommand({ ...place, Body: await readFile(localPath) });
        await this.client.send(command, signal ? { abortSignal: signal } : {});
      });
      return;
    }
    await this.#large(async () => {
      const upload = new Upload({
        client: this.client,
        params: { ...place, Body: createReadStream(localPath, { highWaterMark: 1024 * 1024 }) },
        partSize: partSize(size),
        queueSize: partsAtOnce,
      });
      const abort = () => void upload.abort();
      signal?.addEventListener('abort', abort, { once: true });
      await upload
        .done()
        .catch((thrown) => this.#unlessComplete(thrown, place, size))
        .finally(() => signal?.removeEventListener('abort', abort));
    });
  }

  /** When the answer to the last step is lost, the step sent again finds no upload, because all is done. */
  async #unlessComplete(thrown: unknown, place: ObjectPlace, sizeBytes: number): Promise<void> {
    if ((thrown as Error).name !== 'NoSuchUpload') throw thrown;
    const found = await this.client.send(new HeadObjectCommand(place)).catch(() => undefined);
    if (found?.ContentLength !== sizeBytes) throw thrown;
  }

  /** Stores an object's bytes in a local file. All parts come from one state of the object. */
  async download(place: ObjectPlace, localPath: string): Promise<void> {
    const file = await open(localPath, 'w');
    try {
      const first = await this.#range(place, 0, undefined);
      await file.write(first.bytes, 0, first.bytes.length, 0);
      const starts: number[] = [];
      for (let start = first.bytes.length; start < first.totalBytes; start += partBytes) starts.push(start);
      await mapConcurrently(starts, partsAtOnce, async (start) => {
        const { bytes } = await this.#range(place, start, first.etag);
        await file.write(bytes, 0, bytes.length, start);
      });
    } finally {
      await file.close();
    }
  }

  #range(place: ObjectPlace, start: number, etag: string | undefined) {
    return this.#ranges(() =>
      withRetries(async () => {
        const Range = `bytes=${start}-${start + partBytes - 1}`;
        const command = new GetObjectCommand({
          ...place,
          Range,
          ...(etag !== undefined && { IfMatch: etag }),
        });
        const response = await this.client.send(command).catch((thrown) => {
          // An empty object has no range at all.
          if (start === 0 && thrown?.$metadata?.httpStatusCode === 416) return undefined;
          throw thrown;
        });
        const bytes = (await response?.Body?.transformToByteArray()) ?? new Uint8Array();
        const totalBytes = Number(response?.ContentRange?.split('/')[1] ?? bytes.length);
        const expected = Math.min(partBytes, totalBytes - start);
        if (bytes.length !== expected) {
          throw Object.assign(new Error(`${bytes.length} of ${expected} bytes came.`), {
            code: 'ECONNRESET',
          });
        }
        return { bytes, totalBytes, etag: response?.ETag };
      }),
    );
  }
}

function partSize(sizeBytes: number): number {
  const mebibyte = 1024 * 1024;
  return Math.max(partBytes, Math.ceil(sizeBytes / mostParts / mebibyte) * mebibyte);
}
