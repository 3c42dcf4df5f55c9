import { join } from 'node:path';
import { openDuckdb } from '../../src/engine/duckdb.js';
import type { TableVersion } from '../../src/ir/table-version.js';
import { Lake } from '../../src/lake/lake.js';
import { relationSql } from '../../src/lake/relation-sql.js';
import type { Storage } from '../../src/ports/storage.js';
import { openLocalStorage } from '../../src/storage/local.js';

const localLake = (folder: string) => openLocalStorage(join(folder, '.etl/lake'));

/** The version of a table that a lake has now. */
export async function currentVersion(
  folder: string,
  table: string,
  storage: Storage = localLake(folder),
): Promise<TableVersion> {
  const version = (await new Lake(storage).snapshot()).tables.get(table);
  if (!version) throw new Error(`The lake has no table ${table}.`);
  return version;
}

/** The rows of a table, each as `1|a|NULL|{"x":1}`, sorted. */
export async function tableRows(
  folder: string,
  table: string,
  storage: Storage = localLake(folder),
): Promise<readonly string[]> {
  const engine = await openDuckdb({ threads: 1 });
  const connection = await engine.connect();
  try {
    const version = await currentVersion(folder, table, storage);
    const rows = await connection.rows(await relationSql(version, storage));
    return rows.map((row) => Object.values(row).map(valueText).join('|')).sort();
  } finally {
    connection.close();
    engine.close();
  }
}

function valueText(value: unknown): string {
  if (value === null) return 'NULL';
  const isStruct = typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype;
  return isStruct ? JSON.stringify(value) : String(value);
}
