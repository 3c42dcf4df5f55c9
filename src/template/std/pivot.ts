import type { RawBuilder } from 'kysely';
import { sql } from '../sql-tag.js';
import {
  asList,
  type ColumnOf,
  type OneOrMany,
  type Rows,
  refuseCollisions,
  refuseEmpty,
} from './column-names.js';

export type PivotFunction = 'sum' | 'avg' | 'min' | 'max' | 'count' | 'any_value';

export interface PivotOptions<Row> {
  /** The column whose values become columns. */
  readonly on: ColumnOf<Row>;
  /** Those values; others are left out. null stands for rows without a value. */
  readonly values: readonly (string | number | boolean | null)[];
  /** The column that is aggregated. */
  readonly value: ColumnOf<Row>;
  /** Default: `sum`. */
  readonly using?: PivotFunction;
  /** One row is made for each combination of these; of no columns, one row in all. */
  readonly groupBy: OneOrMany<ColumnOf<Row>>;
  /** Put before the names of the new columns. */
  readonly prefix?: string;
}

/**
 * Turns values of a column into columns, with a fixed list so that the result's columns never change. Two columns of
 * one name are an error.
 *
 * `from ${pivot(ref('payments'), { on: 'method', values: ['card', 'cash'], value: 'amount', groupBy: 'order_id' })}` →
 * `from (select "order_id", sum("amount") filter (where "method" = 'card') as "card", … from "payments" group by "order_id")`
 */
export function pivot<Row>(rows: Rows<Row>, options: PivotOptions<Row>): RawBuilder<Record<string, unknown>> {
  const on = sql.id(options.on);
  const aggregate = sql`${sql.raw(options.using ?? 'sum')}(${sql.id(options.value)})`;
  const groups = asList<string>(options.groupBy);
  const names = options.values.map((value) => `${options.prefix ?? ''}${value}`);
  refuseEmpty('pivot', 'values and groupBy', [...groups, ...names]);
  refuseCollisions(
    'pivot',
    names,
    groups,
    'upper and lower case are the same name; give the new columns a prefix, or leave a value out.',
  );
  const columns = options.values.map((value, i) => {
    const condition = value === null ? sql`${on} is null` : sql`${on} = ${value}`;
    return sql`${aggregate} filter (where ${condition}) as ${sql.id(names[i]!)}`;
  });
  const group = groups.map((name) => sql.id(name));
  const groupBy = group.length === 0 ? sql`` : sql` group by ${sql.join(group)}`;
  return sql`(select ${sql.join([...group, ...columns])} from ${rows}${groupBy})`;
}
