import type { EngineConnection } from '../ports/engine.js';
import type { Column } from '../schema/table-schema.js';
import { quoteIdentifier } from '../util/sql-quote.js';
import { endOfTime, type TimeGrain } from '../util/time-grain.js';
import type { TimedInput } from './batch-scope.js';
import { momentSql } from './time-bounds.js';

/** Rows of an input as they were or are. */
export interface InputRows {
  /** A SELECT. */
  readonly sql: string;
  readonly columns: readonly Column[];
}

/** What stands for the rows of each interval, by its start: equal texts mean equal rows, in any order. */
export async function rowsByInterval(
  { sql, columns }: InputRows,
  { eventTime }: TimedInput,
  compared: readonly Column[],
  { grain, begin }: { readonly grain: TimeGrain; readonly begin: string },
  connection: EngineConnection,
): Promise<ReadonlyMap<string, string>> {
  const types = new Map(columns.map(({ name, type }) => [name.toLowerCase(), type]));
  // Both sides in the types of now: a wider one holds the same values.
  const sideColumn = ({ name, type }: Column) => {
    const before = types.get(name.toLowerCase());
    if (before === undefined) return `cast(null as ${type})`;
    return before === type ? quoteIdentifier(name) : `try_cast(${quoteIdentifier(name)} as ${type})`;
  };
  const time = sideColumn(eventTime);
  const inUtc =
    eventTime.type === 'TIMESTAMP WITH TIME ZONE' ? `timezone('UTC', ${time})` : `cast(${time} as timestamp)`;
  const rows = await connection.rows(
    `select strftime(start, '%Y-%m-%dT%H:%M:%SZ') as start, concat(count, ' ', hashes) as rows
     from (
       select date_trunc('${grain}', ${inUtc}) as start, count(*) as count,
         sum(hash(${compared.map(sideColumn).join(', ')})) as hashes
       from (${sql}\n)
       where isfinite(${time}) and ${inUtc} >= ${momentSql('timestamp', begin)}
         and ${inUtc} < ${momentSql('timestamp', endOfTime)}
       group by all
     )`,
  );
  return new Map(rows.map((row) => [String(row.start), String(row.rows)]));
}

/** The starts of intervals that do not hold the same rows in both. */
export function unlikeIntervals(
  before: ReadonlyMap<string, string>,
  now: ReadonlyMap<string, string>,
): readonly string[] {
  const starts = new Set([...before.keys(), ...now.keys()]);
  return [...starts].filter((start) => before.get(start) !== now.get(start));
}
