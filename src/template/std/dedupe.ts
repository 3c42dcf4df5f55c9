import type { RawBuilder } from 'kysely';
import { sql } from '../sql-tag.js';
import { asList, type ColumnOf, columnList, type OneOrMany, type Rows, refuseEmpty } from './column-names.js';

export interface DedupeOptions<Row> {
  /** Columns that tell rows apart. */
  readonly key: OneOrMany<ColumnOf<Row>>;
  /** Of rows with the same key, the one with the greatest value stays; NULL counts as smallest. */
  readonly orderBy: OneOrMany<ColumnOf<Row>>;
  /** `last` keeps the greatest (default), `first` the smallest. */
  readonly keep?: 'first' | 'last';
}

/**
 * One row for each key. Order by enough columns that no two rows tie, or which of them stays is open.
 *
 * `from ${dedupe(ref('stg_orders'), { key: 'order_id', orderBy: 'updated_at' })}` →
 * `from (select * from "stg_orders" qualify row_number() over (partition by "order_id" order by "updated_at" desc nulls last) = 1)`
 */
export function dedupe<Row>(rows: Rows<Row>, options: DedupeOptions<Row>): RawBuilder<Row> {
  refuseEmpty('dedupe', 'key', options.key);
  refuseEmpty('dedupe', 'orderBy', options.orderBy);
  const direction = options.keep === 'first' ? sql.raw('asc nulls first') : sql.raw('desc nulls last');
  const order = sql.join(asList<string>(options.orderBy).map((name) => sql`${sql.id(name)} ${direction}`));
  const key = columnList(options.key);
  return sql<Row>`(select * from ${rows} qualify row_number() over (partition by ${key} order by ${order}) = 1)`;
}
