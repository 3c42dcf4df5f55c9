import type { EngineConnection } from '../ports/engine.js';
import { parseType } from '../schema/parse-type.js';
import type { Column } from '../schema/table-schema.js';
import { quoteIdentifier } from '../util/sql-quote.js';
import { endOfTime, type TimeGrain } from '../util/time-grain.js';
import { momentSql } from './time-bounds.js';

/** Rows of an input as they were or are. */
export interface InputRows {
  /** A SELECT. */
  readonly sql: string;
  readonly columns: readonly Column[];
}

/** What is looked at of them. */
export interface Compared {
  readonly eventTime: Column;
  readonly columns: readonly Column[];
  readonly grain: TimeGrain;
  /** Rows before it do not count. */
  readonly from: string;
}

/** What stands for the rows of each interval, by its start: equal texts mean equal rows, in any order. */
export async function rowsByInterval(
  rows: InputRows,
  { eventTime, columns, grain, from }: Compared,
  connection: EngineConnection,
): Promise<ReadonlyMap<string, string>> {
  const there = new Set(rows.columns.map(({ name }) => name.toLowerCase()));
  const parts = columns.flatMap((column) =>
    // A column that a query did not read yet: its rows had nothing in it.
    there.has(column.name.toLowerCase()) ? distinctive(column) : `cast(null as ${column.type})`,
  );
  const time = quoteIdentifier(eventTime.name);
  const inUtc =
    eventTime.type === 'TIMESTAMP WITH TIME ZONE' ? `timezone('UTC', ${time})` : `cast(${time} as timestamp)`;
  const found = await connection.rows(
    `select strftime(start, '%Y-%m-%dT%H:%M:%SZ') as start, concat(count, ' ', hashes) as rows
     from (
       select date_trunc('${grain}', ${inUtc}) as start, count(*) as count, sum(hash(${parts.join(', ')})) as hashes
       from (${rows.sql}\n)
       where isfinite(${time}) and ${inUtc} >= ${momentSql('timestamp', from)}
         and ${inUtc} < ${momentSql('timestamp', endOfTime)}
       group by all
     )`,
  );
  return new Map(found.map((row) => [String(row.start), String(row.rows)]));
}

/** What tells any two values of a column apart: the hash of some is that of others. */
function distinctive({ name, type }: Column): readonly string[] {
  const value = quoteIdentifier(name);
  if (type === 'DOUBLE' || type === 'FLOAT') return [value, `signbit(${value})`];
  if (type === 'INTERVAL') return [`cast(${value} as varchar)`];
  const isNested = ['list', 'array', 'struct', 'map', 'union'].includes(parseType(type).kind);
  // JSON tells [] and NULL apart, and the text two spellings of a JSON value inside.
  return isNested ? [`cast(to_json(${value}) as varchar)`, `cast(${value} as varchar)`] : [value];
}

/** The starts of intervals that do not hold the same rows in both. */
export function unlikeIntervals(
  before: ReadonlyMap<string, string>,
  now: ReadonlyMap<string, string>,
): readonly string[] {
  const starts = new Set([...before.keys(), ...now.keys()]);
  return [...starts].filter((start) => before.get(start) !== now.get(start));
}
