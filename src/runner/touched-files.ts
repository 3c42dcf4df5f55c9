import type { DataFile } from '../ir/table-version.js';
import type { EngineConnection } from '../ports/engine.js';
import type { Column } from '../schema/table-schema.js';
import { quoteIdentifier } from '../util/sql-quote.js';
import { boundsTable, hasBounds } from './key-bounds.js';

/** From so many files on, the first rows of each are looked at before the others: many keys are met there. */
const manyFiles = 8;
const firstRows = 4096;
/** Of fewer files, some keys are looked for before all are. */
const firstKeys = 1000;
/** Looking into so few files takes no longer than asking which of them lie between two keys. */
const fewFiles = 2;

/** `"a" is not distinct from …` for all columns: NULL equals NULL. */
export function sameKey(columns: readonly Column[], left: string, right: string): string {
  return columns
    .map(({ name, type }) => {
      const column = quoteIdentifier(name);
      return `cast(${left}.${column} as ${type}) is not distinct from ${right}.${column}`;
    })
    .join(' and ');
}

/** Files that may hold a key, and those of them that do: where a single column is the key. */
export interface CandidateFiles {
  readonly files: readonly DataFile[];
  readonly certain: ReadonlySet<DataFile>;
}

/** The files that may hold a key of the relation `keys`, as far as their statistics tell. */
export async function candidateFiles(
  files: readonly DataFile[],
  columns: readonly Column[],
  keys: string,
  connection: EngineConnection,
): Promise<CandidateFiles> {
  let candidates = files;
  let certain: readonly DataFile[] = [];
  for (const column of columns) {
    const known = candidates.filter((file) => hasBounds(file, column));
    if (known.length === 0) continue;
    // What few keys look like, and the last days of a table, is told from their range alone.
    const rows = await connection.rows(rangeSql(known, column, keys));
    const near = rows.map((row) => known[Number(row.i)]!);
    if (columns.length === 1) certain = rows.flatMap((row, i) => (row.is_end ? near[i]! : []));
    const found = new Set(near.length > fewFiles ? await overlapping(near, column, keys, connection) : near);
    candidates = candidates.filter((file) => found.has(file) || !hasBounds(file, column));
  }
  return { files: candidates, certain: new Set(certain) };
}

/** The files that hold a row with one of the `keyCount` keys of the relation `keys`: only key columns are read. */
export async function touchedFiles(
  files: readonly DataFile[],
  columns: readonly Column[],
  keys: string,
  keyCount: number,
  scan: (files: readonly DataFile[]) => Promise<string>,
  connection: EngineConnection,
): Promise<readonly DataFile[]> {
  const { files: candidates, certain } = await candidateFiles(files, columns, keys, connection);
  const touched = new Set(certain);
  const look = async (among: string, where = '') => {
    const some = candidates.filter((file) => !touched.has(file));
    if (some.length === 0) return;
    const rows = await connection.rows(
      `select distinct file_index as i from ${await scan(some)} as old
       where ${where} exists (select 1 from ${among} as new where ${sameKey(columns, 'old', 'new')})`,
    );
    for (const row of rows) touched.add(some[Number(row.i)]!);
  };
  if (candidates.length >= manyFiles) await look(keys, `file_row_number < ${firstRows} and`);
  else if (keyCount > firstKeys) await look(`(from ${keys} limit ${firstKeys})`);
  await look(keys);
  return candidates.filter((file) => touched.has(file));
}

/**
 * The files whose bounds meet the range of all keys, and whether their smallest or greatest value is among the keys:
 * then there is no need to open them.
 */
function rangeSql(files: readonly DataFile[], column: Column, keys: string): string {
  const name = quoteIdentifier(column.name);
  return `with ${boundsTable(files, column)},
    range as (select min(${name}) as first, max(${name}) as last, count(*) > count(${name}) as has_null from ${keys}),
    near as (select bounds.* from bounds, range where (low <= last and high >= first) or (bounds.has_null and range.has_null)),
    ends as (select i, unnest([low, high]) as value from near),
    certain as (select distinct i from ends where exists (select 1 from ${keys} where ${name} = value))
    select near.i, certain.i is not null as is_end from near left join certain on near.i = certain.i order by near.i`;
}

async function overlapping(
  files: readonly DataFile[],
  column: Column,
  keys: string,
  connection: EngineConnection,
): Promise<readonly DataFile[]> {
  const rows = await connection.rows(overlapSql(files, column, keys));
  return rows.map((row) => files[Number(row.i)]!);
}

/** Of each file only the first key at or above its minimum is looked at: when that lies beyond, so do all others. */
function overlapSql(files: readonly DataFile[], column: Column, keys: string): string {
  const name = quoteIdentifier(column.name);
  return `with ${boundsTable(files, column)},
    found as (select ${name} as key from ${keys} where ${name} is not null)
    select i from bounds asof join found on bounds.low <= found.key where found.key <= bounds.high
    union
    select i from bounds where has_null and exists (select 1 from ${keys} where ${name} is null)`;
}
