import { randomUUID } from 'node:crypto';
import { copyFile, link, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataFile } from '../ir/table-version.js';
import type { EngineConnection } from '../ports/engine.js';
import type { Storage } from '../ports/storage.js';
import type { TableSchema } from '../schema/table-schema.js';
import { quoteString } from '../util/sql-quote.js';
import { castColumns, emptySelect, parquetOptions } from './parquet-copy.js';
import { fileScan } from './relation-sql.js';

/**
 * Writes one local Parquet file with the rows of some files of a table, in their order, and exactly the schema
 * that `writeVersion` gives its files. Without files it has no rows; of one file it is a copy. Returns its path inside
 * `tempDir`. Calls that merge several files must not overlap on one connection.
 */
export async function mergeFiles(
  connection: EngineConnection,
  storage: Storage,
  schema: TableSchema,
  files: readonly DataFile[],
  tempDir: string,
): Promise<string> {
  await mkdir(tempDir, { recursive: true });
  const path = join(tempDir, `${randomUUID()}.parquet`);
  const [only] = files;
  if (only && files.length === 1) {
    const local = await storage.materialize(only.path);
    await link(local, path).catch(() => copyFile(local, path));
    return path;
  }
  const select =
    files.length === 0
      ? emptySelect(schema)
      : `${castColumns(schema)} from ${await fileScan(files, storage)}`;
  await connection.run(`copy (${select}) to ${quoteString(path)} (${parquetOptions(schema).join(', ')})`);
  return path;
}
