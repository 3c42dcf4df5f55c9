import {
  AbortMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandInput,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { Storage, StoredObject } from '../ports/storage.js';
import { hash } from '../util/hash.js';
import { checkStorageKey } from '../util/storage-key.js';
import { DownloadCache } from './download-cache.js';
import { copyObject } from './s3-copy.js';
import { explainS3Error } from './s3-errors.js';
import { withRetries } from './s3-retry.js';
import { type ObjectPlace, S3Transfer } from './s3-transfer.js';

export interface S3StorageOptions {
  readonly client: S3Client;
  readonly bucket: string;
  /** Without slashes around it; empty for the whole bucket. */
  readonly prefix: string;
  /** Where objects that were read are kept. */
  readonly cacheDir: string;
  readonly cacheBytes: number;
  readonly listPage?: number;
  readonly requestCounts: () => Readonly<Record<string, number>>;
}

const deletesAtOnce = 1000;
// What lies here is written once, under a name of its own.
const immutable = /^_etl\/(data|tables)\//;

/** A lake in a bucket of any store with the S3 API and conditional PUTs, such as R2 or S3. */
export class S3Storage implements Storage {
  readonly url: string;
  readonly localRoot = undefined;
  readonly #transfer: S3Transfer;
  readonly #cache: DownloadCache;

  constructor(private readonly options: S3StorageOptions) {
    this.url = `s3://${options.bucket}${options.prefix && `/${options.prefix}`}`;
    this.#transfer = new S3Transfer(options.client);
    this.#cache = new DownloadCache(options.cacheDir, options.cacheBytes);
  }

  requestCounts(): Readonly<Record<string, number>> {
    return this.options.requestCounts();
  }

  read(key: string): Promise<Uint8Array | undefined> {
    return this.#explained(() =>
      unlessMissing(() =>
        withRetries(async () => {
          const response = await this.options.client.send(new GetObjectCommand(this.#place(key)));
          return response.Body!.transformToByteArray();
        }),
      ),
    );
  }

  async write(key: string, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    await this.#explained(() => {
      const command = new PutObjectCommand({ ...this.#place(key), Body: bytes });
      return this.options.client.send(command, signal ? { abortSignal: signal } : {});
    });
  }

  createIfAbsent(key: string, bytes: Uint8Array): Promise<boolean> {
    return this.#explained(async () => {
      try {
        const put = { ...this.#place(key), Body: bytes, IfNoneMatch: '*' };
        await this.options.client.send(new PutObjectCommand(put));
        return true;
      } catch (thrown) {
        if (statusOf(thrown) === 412) return false;
        throw thrown;
      }
    });
  }

  async *list(prefix: string, startAfter = ''): AsyncGenerator<StoredObject> {
    const { client, bucket, listPage } = this.options;
    const root = this.#key('');
    let token: string | undefined;
    do {
      const page = await this.#explained(() =>
        client.send(
          new ListObjectsV2Command({
            Bucket: bucket,
            Prefix: root + prefix,
            ...(listPage !== undefined && { MaxKeys: listPage }),
            ...(token !== undefined && { ContinuationToken: token }),
            ...(startAfter !== '' && token === undefined && { StartAfter: root + startAfter }),
          }),
        ),
      );
      for (const { Key, Size, LastModified } of page.Contents ?? []) {
        yield { key: Key!.slice(root.length), sizeBytes: Size ?? 0, modifiedAt: LastModified ?? new Date(0) };
      }
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  async delete(keys: readonly string[]): Promise<void> {
    const { client, bucket } = this.options;
    const objects = keys.map((key) => ({ Key: this.#place(key).Key }));
    for (let i = 0; i < objects.length; i += deletesAtOnce) {
      const Delete = { Objects: objects.slice(i, i + deletesAtOnce), Quiet: true };
      await this.#explained(() =>
        withRetries(async () => {
          const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete }));
          const [first] = Errors;
          if (first) throw Object.assign(new Error(`${first.Key}: ${first.Message}`), { code: first.Code });
        }),
      );
    }
  }

  async upload(localPath: string, key: string, signal?: AbortSignal): Promise<void> {
    await this.#explained(() => this.#transfer.upload(localPath, this.#place(key), signal));
    if (immutable.test(key)) await this.#cache.add(this.#cacheName(key), localPath);
  }

  materialize(key: string): Promise<string> {
    return this.#explained(async () => {
      const place = this.#place(key);
      try {
        const etag = immutable.test(key)
          ? ''
          : (await this.options.client.send(new HeadObjectCommand(place))).ETag;
        return await this.#cache.get(this.#cacheName(key, etag), (path) =>
          this.#transfer.download(place, path),
        );
      } catch (thrown) {
        if (statusOf(thrown) !== 404) throw thrown;
        throw Object.assign(new Error(`${this.url} has no ${key}.`, { cause: thrown }), { code: 'ENOENT' });
      }
    });
  }

  async hasLocalCopy(key: string): Promise<boolean> {
    return immutable.test(key) && this.#cache.has(this.#cacheName(checkStorageKey(key)));
  }

  async copy(from: string, to: string, sizeBytes?: number): Promise<void> {
    await this.#explained(() =>
      copyObject(this.options.client, this.#place(from), this.#place(to), { sizeBytes }),
    );
  }

  async abortStaleUploads(before: Date): Promise<number> {
    const { client, bucket } = this.options;
    let count = 0;
    let markers: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {};
    while (markers) {
      const input: ListMultipartUploadsCommandInput = { Bucket: bucket, Prefix: this.#key(''), ...markers };
      const page = await this.#explained(() =>
        client.send(new ListMultipartUploadsCommand(input)).catch(noneOf501),
      );
      for (const { Key, UploadId, Initiated } of page?.Uploads ?? []) {
        if (!Initiated || Initiated >= before) continue;
        await this.#explained(() =>
          client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId })),
        );
        count++;
      }
      const { IsTruncated, NextKeyMarker, NextUploadIdMarker } = page ?? {};
      markers = IsTruncated
        ? { KeyMarker: NextKeyMarker ?? '', UploadIdMarker: NextUploadIdMarker ?? '' }
        : undefined;
    }
    return count;
  }

  #key(key: string): string {
    const { prefix } = this.options;
    return prefix === '' ? key : `${prefix}/${key}`;
  }

  #place(key: string): ObjectPlace {
    return { Bucket: this.options.bucket, Key: this.#key(checkStorageKey(key)) };
  }

  #cacheName(key: string, etag = ''): string {
    return hash(this.url, key, etag) + (/\.\w+$/.exec(key)?.[0] ?? '');
  }

  async #explained<T>(action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (thrown) {
      throw explainS3Error(thrown, this.url);
    }
  }
}

function statusOf(thrown: unknown): number | undefined {
  return (thrown as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode;
}

/** Stores that cannot list uploads clean them up themselves. */
function noneOf501(thrown: unknown): undefined {
  if (statusOf(thrown) !== 501) throw thrown;
}

async function unlessMissing<T>(action: () => Promise<T>): Promise<T | undefined> {
  try {
    return await action();
  } catch (thrown) {
    if ((thrown as Error).name === 'NoSuchKey') return undefined;
    throw thrown;
  }
}
