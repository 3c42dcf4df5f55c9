import { randomUUID } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { PublishContext } from '../ports/publisher.js';
import type { Storage } from '../ports/storage.js';
import { mapConcurrently } from '../util/map-concurrently.js';
import { checkStorageKey } from '../util/storage-key.js';
import { isOverlaid, overlayFile, slimFile } from './overlay-file.js';

/**
 * Gives a published object the rows of a local file. On a disk, whoever opened the one before it can read that to its
 * end by the same name; elsewhere, and where that would be too much, `plain` puts the file there as it is.
 */
export async function replaceObject(
  place: Storage,
  key: string,
  source: () => Promise<string>,
  tempDir: PublishContext['tempDir'],
  plain: () => Promise<void>,
): Promise<void> {
  const shown = localPath(place, key);
  const isWritten =
    shown !== undefined &&
    (await throughTemp(place, key, tempDir, async (temp) => overlayFile(shown, await source(), temp)));
  if (!isWritten) await plain();
}

/** The objects that still keep the bytes of those that they replaced before a time. */
export async function overlaidBefore(
  place: Storage,
  keys: readonly string[],
  before: Date,
): Promise<readonly string[]> {
  const isOld = async (key: string) => {
    const path = localPath(place, key);
    const written = path && (await stat(path).catch(() => undefined));
    return written ? written.mtime < before && isOverlaid(path) : false;
  };
  const old = await mapConcurrently(keys, 16, isOld);
  return keys.filter((_, i) => old[i]);
}

/** Takes from an object what it keeps of others. */
export async function slimObject(
  place: Storage,
  key: string,
  tempDir: PublishContext['tempDir'],
): Promise<void> {
  const path = localPath(place, key);
  if (path !== undefined) await throughTemp(place, key, tempDir, (temp) => slimFile(path, temp));
}

function localPath({ localRoot }: Storage, key: string): string | undefined {
  return localRoot === undefined ? undefined : join(localRoot, checkStorageKey(key));
}

/** Replaces an object with what `write` writes, unless that writes nothing. */
async function throughTemp(
  place: Storage,
  key: string,
  tempDir: PublishContext['tempDir'],
  write: (temp: string) => Promise<boolean>,
): Promise<boolean> {
  const temp = join(await tempDir(), `${randomUUID()}.parquet`);
  try {
    const isWritten = await write(temp);
    if (isWritten) await place.upload(temp, key);
    return isWritten;
  } catch (thrown) {
    await rm(temp, { force: true });
    throw thrown;
  }
}
