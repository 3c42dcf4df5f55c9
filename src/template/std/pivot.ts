import type { RawBuilder } from 'kysely';
import { sql } from '../sql-tag.js';
import { type ColumnOf, columnList, type OneOrMany, type Rows } from './column-names.js';

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
  /** One row is made for each combination of these. */
  readonly groupBy: OneOrMany<ColumnOf<Row>>;
  /** Put before the names of the new columns. */
  readonly prefix?: string;
}

/**
 * Turns values of a column into columns, with a fixed list so that the result's columns never change.
 *
 * `from ${pivot(ref('payments'), { on: 'method', values: ['card', 'cash'], value: 'amount', groupBy: 'order_id' })}` →
 * `from (select "order_id", sum("amount") filter (where "method" = 'card') as "card", … from "payments" group by "order_id")`
 */
export function pivot<Row>(rows: Rows<Row>, options: PivotOptions<Row>): RawBuilder<Record<string, unknown>> {
  const on = sql.id(options.on);
  const aggregate = sql`${sql.raw(options.using ?? 'sum')}(${sql.id(options.value)})`;
  const columns = options.values.map((value) => {
    const condition = value === null ? sql`${on} is null` : sql`${on} = ${value}`;
    return sql`${aggregate} filter (where ${condition}) as ${sql.id(`${options.prefix ?? ''}${value}`)}`;
  });
  const group = columnList(options.groupBy);
  return sql`(select ${sql.join([group, ...columns])} from ${rows} group by ${group})`;
}
