import type { RawBuilder } from 'kysely';
import { columnsOf } from '../columns-of.js';
import type { Relation } from '../relation.js';
import { sql } from '../sql-tag.js';
import { TemplateError } from '../template-error.js';
import { type ColumnOf, column } from './column-names.js';

export interface StarOptions<Row> {
  /** Columns to leave out. */
  readonly except?: readonly ColumnOf<Row>[];
  /** The alias that the table has in the query. */
  readonly from?: string;
  /** Put before every name. */
  readonly prefix?: string;
}

/**
 * All columns of a table by name, without some. Unlike `*`, the list is written out in the expanded SQL.
 *
 * `${star(ref('stg_orders'), { except: ['loaded_at'], from: 'o', prefix: 'order_' })}` →
 * `"o"."id" as "order_id", "o"."status" as "order_status"`
 */
export function star<Row>(relation: Relation<Row>, options: StarOptions<Row> = {}): RawBuilder<unknown> {
  const { except = [], from, prefix } = options;
  const left = columnsOf(relation).filter(({ name }) => !except.includes(name));
  if (left.length === 0) {
    throw new TemplateError('template/bad-value', `No column of ${relation.name} is left to select.`);
  }
  return sql.join(
    left.map(({ name }) =>
      prefix === undefined ? column(name, from) : sql`${column(name, from)} as ${sql.id(prefix + name)}`,
    ),
  );
}
