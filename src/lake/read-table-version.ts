import { readFile } from 'node:fs/promises';
import type { TableVersion } from '../ir/table-version.js';
import type { Storage } from '../ports/storage.js';
import { parseLakeJson, readLakeJson } from './lake-json.js';

const required = ['id', 'table', 'kind', 'schema', 'files', 'provenance'] as const;

/** Reads a table version. It never changes, so that a remote one may come from its local copy. */
export async function readTableVersion(
  storage: Storage,
  key: string,
  trustCopies: boolean,
): Promise<TableVersion | undefined> {
  if (storage.localRoot !== undefined || !trustCopies)
    return readLakeJson<TableVersion>(storage, key, required);
  const path = await storage.materialize(key).catch((thrown) => {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw thrown;
  });
  if (path === undefined) return undefined;
  return parseLakeJson<TableVersion>(storage, key, await readFile(path), required);
}
