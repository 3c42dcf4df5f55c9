import type { DataFile } from '../ir/table-version.js';
import type { EngineConnection } from '../ports/engine.js';
import type { Column } from '../schema/table-schema.js';
import { quoteIdentifier, quoteString } from '../util/sql-quote.js';

/** Types whose statistics, as text, say where values lie. */
const ordered = /^(U?(TINY|SMALL|BIG)?INT(EGER)?|DECIMAL\(.*\)|DATE|TIMESTAMP( .*|_NS)?|VARCHAR|BOOLEAN)$/;

/** `"a" is not distinct from …` for all columns: NULL equals NULL. */
export function sameKey(columns: readonly Column[], left: string, right: string): string {
  return columns
    .map(({ name, type }) => {
      const column = quoteIdentifier(name);
      return `cast(${left}.${column} as ${type}) is not distinct from ${right}.${column}`;
    })
    .join(' and ');
}

/** The files that may hold a key of the relation `keys`, as far as their statistics tell. */
export async function candidateFiles(
  files: readonly DataFile[],
  columns: readonly Column[],
  keys: string,
  connection: EngineConnection,
): Promise<readonly DataFile[]> {
  let candidates = files;
  for (const column of columns) {
    if (!ordered.test(column.type)) continue;
    const known = candidates.filter((file) => hasBounds(file, column.name));
    if (known.length === 0) continue;
    const select = async (some: readonly DataFile[], sql: typeof overlapSql) =>
      (await connection.rows(sql(some, column, keys))).map((row) => some[Number(row.i)]!);
    // What few keys look like, and the last days of a table, is told from their range alone.
    const near = await select(known, rangeSql);
    const found = new Set(near.length > 1 ? await select(near, overlapSql) : near);
    candidates = candidates.filter((file) => found.has(file) || !hasBounds(file, column.name));
  }
  return candidates;
}

/** The files that hold a row with a key of the relation `keys`, which only their key columns are read for. */
export async function touchedFiles(
  files: readonly DataFile[],
  columns: readonly Column[],
  keys: string,
  scan: (files: readonly DataFile[]) => Promise<string>,
  connection: EngineConnection,
): Promise<readonly DataFile[]> {
  const candidates = await candidateFiles(files, columns, keys, connection);
  if (candidates.length === 0) return [];
  const rows = await connection.rows(
    `select distinct file_index as i from ${await scan(candidates)} as old
     where exists (select 1 from ${keys} as new where ${sameKey(columns, 'old', 'new')})`,
  );
  return rows.map((row) => candidates[Number(row.i)]!);
}

function hasBounds({ stats }: DataFile, column: string): boolean {
  return stats?.[column]?.min !== undefined && stats[column].max !== undefined;
}

/** The files whose bounds meet the range of all keys. */
function rangeSql(files: readonly DataFile[], column: Column, keys: string): string {
  const name = quoteIdentifier(column.name);
  return `with bounds(i, low, high, has_null) as (values ${boundsRows(files, column)})
    select i from bounds, (select min(${name}) as first, max(${name}) as last, count(*) > count(${name}) as has_null from ${keys}) as range
    where (low <= last and high >= first) or (bounds.has_null and range.has_null)`;
}

/** Of each file only the first key at or above its minimum is looked at: when that lies beyond, so do all others. */
function overlapSql(files: readonly DataFile[], column: Column, keys: string): string {
  const name = quoteIdentifier(column.name);
  return `with bounds(i, low, high, has_null) as (values ${boundsRows(files, column)}),
    found as (select ${name} as key from ${keys} where ${name} is not null)
    select i from bounds asof join found on bounds.low <= found.key where found.key <= bounds.high
    union
    select i from bounds where has_null and exists (select 1 from ${keys} where ${name} is null)`;
}

function boundsRows(files: readonly DataFile[], { name, type }: Column): string {
  const rows = files.map((file, i) => {
    const { min, max, nullCount } = file.stats![name]!;
    const [low, high] = [min!, max!].map((bound) => `cast(${quoteString(bound)} as ${type})`);
    return `(${i}, ${low}, ${high}, ${nullCount !== 0})`;
  });
  return rows.join(', ');
}
