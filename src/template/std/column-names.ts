import type { Expression, RawBuilder } from 'kysely';
import { sql } from '../sql-tag.js';

/** Names of a row's columns; any string as long as the project's types are not generated. */
export type ColumnOf<Row> = Extract<keyof Row, string>;

export type OneOrMany<T> = T | readonly T[];

/** A table or a query: `ref('orders')`, a fragment in parentheses, a query of Kysely's. */
export type Rows<Row> = Expression<Row>;

/** `"a", "b"`, each behind `"from".` when that is given. */
export function columnList(names: OneOrMany<string>, from?: string): RawBuilder<unknown> {
  return sql.join(asList(names).map((name) => column(name, from)));
}

/** One quoted column name. */
export function column(name: string, from?: string): RawBuilder<unknown> {
  return from === undefined ? sql.id(name) : sql.id(from, name);
}

export function asList<T>(value: OneOrMany<T>): readonly T[] {
  return Array.isArray(value) ? value : [value as T];
}
