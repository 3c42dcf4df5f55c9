import type { RawBuilder } from 'kysely';
import type { Relation } from '../relation.js';
import { sql } from '../sql-tag.js';
import { TemplateError } from '../template-error.js';
import { knownColumns, refuseCollisions } from './column-names.js';

type KeyOfAny<Row> = Row extends unknown ? keyof Row : never;

/** Every column that any of the rows has; NULL where a row has no such column. */
export type UnionRow<Row> = {
  [Name in KeyOfAny<Row>]: Row extends unknown ? (Name extends keyof Row ? Row[Name] : null) : never;
};

type RowIn<R> = R extends Relation<infer Row> ? Row : never;

export interface UnionOptions<Name extends string> {
  /** A column that says which table a row came from; no table may have one of its name. Default: none. */
  readonly sourceColumn?: Name;
}

/**
 * The rows of several tables together, columns matched by name: one that a table lacks is NULL there.
 *
 * `from ${unionRelations([ref('orders_eu'), ref('orders_us')], { sourceColumn: 'origin' })}` →
 * `from (select 'orders_eu' as "origin", * from "orders_eu" union all by name select 'orders_us' as "origin", * from "orders_us")`
 */
export function unionRelations<const Relations extends readonly Relation[], Name extends string = never>(
  relations: Relations,
  options: UnionOptions<Name> = {},
): RawBuilder<UnionRow<RowIn<Relations[number]>> & Record<Name, string>> {
  if (relations.length === 0) {
    throw new TemplateError('template/bad-value', 'unionRelations needs at least one table.');
  }
  const { sourceColumn } = options;
  if (sourceColumn !== undefined) {
    const columns = relations.flatMap((relation) => knownColumns(relation));
    refuseCollisions('unionRelations', [sourceColumn], columns, 'choose another sourceColumn.');
  }
  const parts = relations.map((relation) =>
    sourceColumn === undefined
      ? sql`select * from ${relation}`
      : sql`select ${relation.name} as ${sql.id(sourceColumn)}, * from ${relation}`,
  );
  return sql`(${sql.join(parts, sql` union all by name `)})`;
}
