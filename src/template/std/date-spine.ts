import type { Expression, RawBuilder } from 'kysely';
import { sql } from '../sql-tag.js';

export type SpineUnit = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year';

export interface DateSpineOptions<Name extends string> {
  /** The first value: a date or timestamp as text, or SQL. */
  readonly start: Expression<unknown> | string;
  /** Where it ends; this value itself is not part of it. */
  readonly end: Expression<unknown> | string;
  /** Default: `day`. */
  readonly unit?: SpineUnit;
  /** Name of the column. Default: `date_day`, `date_month` and so on. */
  readonly name?: Name;
}

/**
 * One row for every day (or other unit) from `start` to before `end`: dates, or timestamps for hours and
 * minutes.
 *
 * `from ${dateSpine({ start: vars.start_date, end: sql`current_date` })} as d`
 */
export function dateSpine<Name extends string = string>(
  options: DateSpineOptions<Name>,
): RawBuilder<Record<Name, string>> {
  const { start, end, unit = 'day', name = `date_${unit}` as Name } = options;
  const type = sql.raw(unit === 'hour' || unit === 'minute' ? 'timestamp' : 'date');
  const [from, to] = [start, end].map((limit) => sql`cast(${limit} as timestamp)`);
  const values = sql`unnest(range(${from}, ${to}, interval 1 ${sql.raw(unit)}))`;
  return sql<Record<Name, string>>`(select cast(${values} as ${type}) as ${sql.id(name)})`;
}
