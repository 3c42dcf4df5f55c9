import { join } from 'node:path';
import type { TableVersion } from '../ir/table-version.js';
import type { Storage } from '../ports/storage.js';
import { mapConcurrently } from '../util/map-concurrently.js';
import { quoteList } from '../util/sql-quote.js';
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
  const { localRoot } = storage;
  const keys = version.files.map((file) => file.path);
  const paths =
    localRoot === undefined
      ? await mapConcurrently(keys, 16, (key) => storage.materialize(key))
      : keys.map((key) => join(localRoot, checkStorageKey(key)));
  return `select * from ${parquetScan(paths)}`;
}

/** The table function that reads these local files as they are, without guessing columns from their folders. */
export function parquetScan(paths: readonly string[]): string {
  return `read_parquet(${quoteList(paths.map(escapeGlob))}, hive_partitioning = false)`;
}

/** DuckDB globs every path that it is given. */
function escapeGlob(path: string): string {
  return path.replace(/[*?[]/g, '[$&]');
}
