import { type Relation, sql } from 'parquetry';

/**
 * The last record of each key, by `orderBy`. Where two records are equally new, their own values decide, so
 * that a rebuild always keeps the same one.
 *
 *     from ${latestBy(source('shop', 'orders'), { key: 'order_id', orderBy: 'updated_at' })} as o
 */
export function latestBy<Row>(
  relation: Relation<Row>,
  options: { key: keyof Row & string; orderBy: keyof Row & string },
) {
  const { key, orderBy } = options;
  return sql`(
    select * from ${relation} as record
    qualify row_number() over (partition by ${sql.ref(key)} order by ${sql.ref(orderBy)} desc, record) = 1
  )`;
}

/**
 * One count for each value of a column, side by side: a pivot whose columns are known before any row is read.
 *
 *     ${countEach('event_type', ['checkout', 'purchase'])}  -- checkout_count, purchase_count
 */
export function countEach(column: string, values: readonly string[]) {
  return sql.join(
    values.map(
      (value) => sql`count(*) filter (where ${sql.ref(column)} = ${value}) as ${sql.ref(`${value}_count`)}`,
    ),
    sql`,\n  `,
  );
}

/**
 * The sum of one column for each value of another, side by side; zero where there is nothing to add.
 *
 *     ${sumEach('net_usd', { by: 'region', values: ['Nordics'], suffix: 'usd' })}  -- nordics_usd
 */
export function sumEach(column: string, options: { by: string; values: readonly string[]; suffix: string }) {
  const name = (value: string) => `${value.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_')}_${options.suffix}`;
  return sql.join(
    options.values.map(
      (value) =>
        sql`cast(coalesce(sum(${sql.ref(column)}) filter (where ${sql.ref(options.by)} = ${value}), 0) as decimal(18, 2)) as ${sql.ref(name(value))}`,
    ),
    sql`,\n  `,
  );
}
