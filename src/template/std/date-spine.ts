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
 * minutes. Months, quarters and years are counted from `start`: after 31 January comes the last day of February, and
 * then 31 March.
 *
 * `from ${dateSpine({ start: vars.start_date, end: sql`current_date` })} as d`
 */
export function dateSpine<Name extends string = string>(
  options: DateSpineOptions<Name>,
): RawBuilder<Record<Name, string>> {
  const { start, end, unit = 'day', name = `date_${unit}` as Name } = options;
  const type = sql.raw(unit === 'hour' || unit === 'minute' ? 'timestamp' : 'date');
  const [from, to] = [start, end].map((limit) => sql`cast(${limit} as timestamp)`);
  const step = sql`interval 1 ${sql.raw(unit)}`;
  const column = sql.id(name);
  if (unit !== 'month' && unit !== 'quarter' && unit !== 'year') {
    return sql`(select cast(unnest(range(${from}, ${to}, ${step})) as ${type}) as ${column})`;
  }
  // A range adds up its steps, and so never comes back to the 31st.
  const limits = sql`(select ${from} as s, ${to} as e) as l`;
  const counted = sql`(select s, e, unnest(range(date_diff(${unit}, s, e) + 1)) as n from ${limits}) as c`;
  return sql`(select cast(c.s + c.n * ${step} as ${type}) as ${column} from ${counted} where c.s + c.n * ${step} < c.e)`;
}
