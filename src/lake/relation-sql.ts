import { join } from 'node:path';
import type { DataFile, TableVersion } from '../ir/table-version.js';
import type { Storage } from '../ports/storage.js';
import { mapConcurrently } from '../util/map-concurrently.js';
import { quotePaths } from '../util/sql-quote.js';
import { checkStorageKey } from '../util/storage-key.js';

/**
 * A SELECT that reads exactly the rows of a version. For a view it is the view's own query, which needs
 * `version.view.macros` and its `reads` in the session. Files of a remote lake are downloaded first.
 *
 * ```sql
 * select * from read_parquet(['/lake/_etl/data/orders/4f-0.parquet'], hive_partitioning = false)
 * ```
 */
export async function relationSql(version: TableVersion, storage: Storage): Promise<string> {
  if (version.view) return version.view.sql;
  return `select * from ${await fileScan(version.files, storage)}`;
}

/** The table function that reads these files as they are, without guessing columns from their folders. */
export async function fileScan(files: readonly DataFile[], storage: Storage): Promise<string> {
  const { localRoot } = storage;
  const paths =
    localRoot === undefined
      ? await mapConcurrently(files, 16, (file) => storage.materialize(file.path))
      : files.map((file) => join(localRoot, checkStorageKey(file.path)));
  return parquetScan(paths);
}

/** The table function that reads these paths or URLs. */
export function parquetScan(paths: readonly string[]): string {
  return `read_parquet(${quotePaths(paths)}, hive_partitioning = false)`;
}
