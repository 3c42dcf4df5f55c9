import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openDuckdb } from '../../src/engine/duckdb.js';
import { quoteRelation, quoteString } from '../../src/util/sql-quote.js';

/** Hash of the rows of every table that `.etl/<target>.duckdb` shows, whatever their order. */
export async function lakeContents(
  folder: string,
  target = 'dev',
): Promise<Readonly<Record<string, string>>> {
  const engine = await openDuckdb({ path: join(folder, '.etl', `${target}.duckdb`), readOnly: true });
  const connection = await engine.connect();
  try {
    const tables = await connection.rows(
      `select case when schema_name = 'main' then view_name else schema_name || '.' || view_name end as name
       from duckdb_views() where not internal and schema_name != '_etl' order by 1`,
    );
    const contents: Record<string, string> = {};
    for (const { name } of tables) {
      const rows = await connection.rows(
        `select t::varchar as row from ${quoteRelation(String(name))} as t order by 1`,
      );
      contents[String(name)] = `${rows.length} rows, ${sha(rows.map((r) => r.row).join('\n'))}`;
    }
    return contents;
  } finally {
    connection.close();
    engine.close();
  }
}

/** Rows of any query on the files that a lake published, read as a stranger would: with a glob. */
export async function readPublished(
  folder: string,
  table: string,
): Promise<readonly Record<string, unknown>[]> {
  const engine = await openDuckdb();
  const connection = await engine.connect();
  try {
    return await connection.rows(
      `select * from read_parquet(${quoteString(join(folder, '.etl/lake', table, '**/*.parquet'))})`,
    );
  } finally {
    connection.close();
    engine.close();
  }
}

/** Files below a folder, relative to it, sorted. */
export function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

const sha = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16);
