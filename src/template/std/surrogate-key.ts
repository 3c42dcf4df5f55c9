import type { RawBuilder } from 'kysely';
import { sql } from '../sql-tag.js';
import { asList, type ColumnOf, column, type OneOrMany, type Rows, refuseEmpty } from './column-names.js';

/**
 * A key of 32 hex digits made from the values of several columns. NULL and the empty string differ, and
 * no separator inside a value can make two keys equal.
 *
 * `${surrogateKey(ref('stg_items'), ['order_id', 'line'], { from: 'i' })}` →
 * `md5(to_json([cast("i"."order_id" as varchar), cast("i"."line" as varchar)])::varchar)`
 */
export function surrogateKey<Row>(
  _rows: Rows<Row>,
  columns: OneOrMany<ColumnOf<Row>>,
  options: { /** The alias that the table has in the query. */ readonly from?: string } = {},
): RawBuilder<string> {
  refuseEmpty('surrogateKey', '', columns);
  const texts = asList<string>(columns).map((name) => sql`cast(${column(name, options.from)} as varchar)`);
  return sql<string>`md5(to_json([${sql.join(texts)}])::varchar)`;
}
