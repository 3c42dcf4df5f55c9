import type { Expression, RawBuilder } from 'kysely';
import { sql } from '../sql-tag.js';
import { type ColumnOf, type OneOrMany, type Rows, refuseEmpty } from './column-names.js';
import { dedupe } from './dedupe.js';

export interface LatestPerKeyOptions<Row> {
  readonly key: OneOrMany<ColumnOf<Row>>;
  /** The column that says when a record was made. */
  readonly at: ColumnOf<Row>;
  /** Takes the records as they were then: later ones do not count. */
  readonly asOf?: Expression<unknown> | string | Date;
}

/**
 * The latest record of each key in a history, now or at an earlier moment. Records without a time do not count.
 *
 * `from ${latestPerKey(ref('price_history'), { key: 'product_id', at: 'valid_from', asOf: '2024-06-30' })}`
 */
export function latestPerKey<Row>(rows: Rows<Row>, options: LatestPerKeyOptions<Row>): RawBuilder<Row> {
  refuseEmpty('latestPerKey', 'key', options.key);
  const at = sql.id(options.at);
  const condition = options.asOf === undefined ? sql`${at} is not null` : sql`${at} <= ${options.asOf}`;
  return dedupe(sql<Row>`(select * from ${rows} where ${condition})`, {
    key: options.key,
    orderBy: options.at,
  });
}
