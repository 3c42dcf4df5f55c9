import type { Interval } from '../ir/table-version.js';
import type { Column } from '../schema/table-schema.js';
import { quoteIdentifier, quoteString } from '../util/sql-quote.js';

/** The type in which a column is compared with a moment such as `2024-01-01T00:00:00Z`. */
export function momentType({ type }: Column, { start, end }: Interval): string {
  const isMidnight = [start, end].every((moment) => moment.endsWith('T00:00:00Z'));
  return type === 'DATE' && !isMidnight ? 'TIMESTAMP' : type;
}

export function momentSql(type: string, moment: string): string {
  return `cast(${quoteString(moment)} as ${type})`;
}

/** An aggregate: how many rows lie before a moment. */
export function rowsBefore(column: Column, moment: string): string {
  const type = momentType(column, { start: moment, end: moment });
  return `count(*) filter (where ${quoteIdentifier(column.name)} < ${momentSql(type, moment)})`;
}

/** The condition that a row is of an interval. */
export function isWithin(column: Column, interval: Interval): string {
  const type = momentType(column, interval);
  const name = quoteIdentifier(column.name);
  return `(${name} >= ${momentSql(type, interval.start)} and ${name} < ${momentSql(type, interval.end)})`;
}
