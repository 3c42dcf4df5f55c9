export interface StoredObject {
  readonly key: string;
  readonly sizeBytes: number;
  readonly modifiedAt: Date;
}

/**
 * Where a lake rests: a folder or a bucket prefix. Keys use forward slashes, are relative to the lake
 * and never leave it. Every method may be called concurrently.
 */
export interface Storage {
  /** For people: a path or `s3://bucket/prefix`, never with credentials. */
  readonly url: string;
  /** A folder whose files the engine reads and writes in place; undefined when files must be moved over the network. */
  readonly localRoot: string | undefined;
  /** The object's bytes, or undefined when it does not exist. */
  read(key: string): Promise<Uint8Array | undefined>;
  /** Creates or replaces the object as a whole: a reader sees the old bytes or the new ones. `signal` gives up early. */
  write(key: string, bytes: Uint8Array, signal?: AbortSignal): Promise<void>;
  /** Creates the object; false when it exists already. Of several concurrent callers exactly one gets true. */
  createIfAbsent(key: string, bytes: Uint8Array): Promise<boolean>;
  /** Objects whose key starts with `prefix`, in key order; with `startAfter`, only those behind that key. */
  list(prefix: string, startAfter?: string): AsyncIterable<StoredObject>;
  /** Deletes objects; one that does not exist is no error. */
  delete(keys: readonly string[]): Promise<void>;
  /** Stores a local file under a key. The local file may be moved. `signal` stops what takes long. */
  upload(localPath: string, key: string, signal?: AbortSignal): Promise<void>;
  /** A local path where the object's bytes can be read: the file itself, or a cached copy. Rejects with code `ENOENT` when there is none. */
  materialize(key: string): Promise<string>;
  /** Whether `materialize` would send nothing; only where it may. */
  hasLocalCopy?(key: string): Promise<boolean>;
  /** Makes `to` have the bytes of `from`, replacing it as a whole. To know its size spares a request. */
  copy(from: string, to: string, sizeBytes?: number): Promise<void>;
  /** Requests sent so far, repeated ones included, by operation; only where requests cost something. */
  requestCounts?(): Readonly<Record<string, number>>;
  /** Removes what uploads left that were begun before a time and never completed; returns how many. */
  abortStaleUploads?(before: Date): Promise<number>;
}
