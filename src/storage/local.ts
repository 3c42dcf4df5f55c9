import { randomUUID } from 'node:crypto';
import { constants, type Dirent } from 'node:fs';
import { access, copyFile, link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Storage, StoredObject } from '../ports/storage.js';
import { mapConcurrently } from '../util/map-concurrently.js';
import { namingFile } from '../util/naming-file.js';
import { checkStorageKey } from '../util/storage-key.js';

const tempPrefix = '_etl/tmp/';

/**
 * A lake in a folder, made when it is first written to. Files come into being under `_etl/tmp/`, which `list`
 * shows only when asked for, and reach their place by rename or hard link: nobody sees half a file.
 */
export function openLocalStorage(rootDir: string): Storage {
  return new LocalStorage(resolve(rootDir));
}

class LocalStorage implements Storage {
  constructor(readonly localRoot: string) {}

  get url(): string {
    return this.localRoot;
  }

  async read(key: string): Promise<Uint8Array | undefined> {
    return unlessMissing(readFile(this.#path(key)));
  }

  async write(key: string, bytes: Uint8Array): Promise<void> {
    await this.#throughTemp(
      (temp) => writeFile(temp, bytes, false),
      (temp) => rename(temp, this.#path(key)),
      key,
    );
  }

  async createIfAbsent(key: string, bytes: Uint8Array): Promise<boolean> {
    const path = this.#path(key);
    try {
      await this.#throughTemp(
        (temp) => writeFile(temp, bytes, true),
        (temp) => createFrom(temp, path, bytes),
        key,
      );
    } catch (thrown) {
      if (errorCode(thrown) === 'EEXIST') return false;
      throw thrown;
    }
    await syncDirectory(dirname(path));
    return true;
  }

  async *list(prefix: string, startAfter = ''): AsyncGenerator<StoredObject> {
    const slash = prefix.lastIndexOf('/') + 1;
    if (slash > 0) checkStorageKey(prefix.slice(0, slash - 1));
    yield* this.#walk(prefix.slice(0, slash), prefix, startAfter);
  }

  async delete(keys: readonly string[]): Promise<void> {
    await mapConcurrently(keys, 16, (key) => rm(this.#path(key), { force: true }));
  }

  async upload(localPath: string, key: string): Promise<void> {
    try {
      await this.#place(() => rename(localPath, this.#path(key)), key);
    } catch (thrown) {
      if (errorCode(thrown) !== 'EXDEV') throw thrown;
      await this.#throughTemp(
        (temp) => copyFile(localPath, temp),
        (temp) => rename(temp, this.#path(key)),
        key,
      );
    }
  }

  async materialize(key: string): Promise<string> {
    const path = this.#path(key);
    await access(path);
    return path;
  }

  async copy(from: string, to: string): Promise<void> {
    const source = this.#path(from);
    await this.#throughTemp(
      (temp) => link(source, temp).catch(() => copyFile(source, temp, constants.COPYFILE_FICLONE)),
      (temp) => rename(temp, this.#path(to)),
      to,
    );
  }

  #path(key: string): string {
    return join(this.localRoot, checkStorageKey(key));
  }

  async #throughTemp(
    fill: (temp: string) => Promise<void>,
    place: (temp: string) => Promise<void>,
    key: string,
  ): Promise<void> {
    const tempKey = `${tempPrefix}${process.pid}-${randomUUID()}`;
    const temp = this.#path(tempKey);
    try {
      await this.#place(() => fill(temp), tempKey);
      await this.#place(() => place(temp), key);
    } finally {
      // Also after success: a hard link stays behind its name, and so does a rename onto the same inode. What cannot be
      // removed must not make a success a failure.
      await rm(temp, { force: true }).catch(() => undefined);
    }
  }

  /** Runs an action that creates `key`, making its folder only when it is missing. */
  async #place(action: () => Promise<void>, key: string): Promise<void> {
    try {
      await action();
    } catch (thrown) {
      if (errorCode(thrown) !== 'ENOENT') throw thrown;
      await mkdir(dirname(this.#path(key)), { recursive: true });
      await action();
    }
  }

  async *#walk(folder: string, prefix: string, startAfter: string): AsyncGenerator<StoredObject> {
    const entries =
      (await unlessMissing(readdir(join(this.localRoot, folder), { withFileTypes: true }))) ?? [];
    const names = entries
      .map((entry) => ({ entry, key: folder + entry.name + (entry.isDirectory() ? '/' : '') }))
      .filter(({ key }) => isWanted(key, prefix, startAfter))
      .sort((a, b) => compareKeys(a.key, b.key));
    for (const { entry, key } of names) {
      if (entry.isDirectory()) yield* this.#walk(key, prefix, startAfter);
      else if (isFile(entry)) {
        const found = await unlessMissing(stat(join(this.localRoot, key)));
        if (found) yield { key, sizeBytes: found.size, modifiedAt: found.mtime };
      }
    }
  }
}

function isWanted(key: string, prefix: string, startAfter: string): boolean {
  if (key.endsWith('/')) {
    if (key === tempPrefix && !prefix.startsWith(tempPrefix)) return false;
    if (!prefix.startsWith(key) && !key.startsWith(prefix)) return false;
    return startAfter.startsWith(key) || compareKeys(key, startAfter) > 0;
  }
  return key.startsWith(prefix) && compareKeys(key, startAfter) > 0;
}

/** Object stores list in the order of UTF-8 bytes. */
function compareKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function isFile(entry: Dirent): boolean {
  return entry.isFile() || entry.isSymbolicLink();
}

async function writeFile(path: string, bytes: Uint8Array, sync: boolean): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await namingFile(path, file.writeFile(bytes));
    if (sync) await file.sync();
  } finally {
    await file.close();
  }
}

/** Gives a finished file its name unless the name is taken: `EEXIST`. */
async function createFrom(temp: string, path: string, bytes: Uint8Array): Promise<void> {
  try {
    await link(temp, path);
  } catch (thrown) {
    if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK'].includes(errorCode(thrown) ?? '')) throw thrown;
    // No hard links here (exFAT, some network drives): exclusive, though a reader may catch it half written.
    await writeFile(path, bytes, true).catch(async (failure) => {
      if (errorCode(failure) !== 'EEXIST') await rm(path, { force: true });
      throw failure;
    });
  }
}

/** Makes a new name survive a power cut, where the system can. */
async function syncDirectory(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r');
    await folder.sync().finally(() => folder.close());
  } catch {
    // Windows cannot open a folder.
  }
}

async function unlessMissing<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (thrown) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(errorCode(thrown) ?? '')) return undefined;
    throw thrown;
  }
}

function errorCode(thrown: unknown): string | undefined {
  return (thrown as NodeJS.ErrnoException | undefined)?.code;
}
