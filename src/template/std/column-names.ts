import type { Expression, RawBuilder } from 'kysely';
import { columnsOf } from '../columns-of.js';
import { currentContext } from '../expansion-context.js';
import { Relation } from '../relation.js';
import { sql } from '../sql-tag.js';
import { TemplateError } from '../template-error.js';

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

/**
 * Names of a table's columns, as far as they can be known: of a query, of the model's own table and while macro
 * files are loaded there are none.
 */
export function knownColumns(rows: Rows<unknown>): readonly string[] {
  const context = currentContext();
  if (!(rows instanceof Relation) || !context || rows.name === context.name) return [];
  return columnsOf(rows).map(({ name }) => name);
}

/** Refuses to add a column beside another one of its name, which DuckDB would rename without a word. */
export function refuseCollisions(
  macro: string,
  added: readonly string[],
  others: readonly string[],
  hint: string,
): void {
  const taken = new Set(others.map((name) => name.toLowerCase()));
  for (const name of added) {
    const lower = name.toLowerCase();
    if (taken.has(lower)) {
      throw new TemplateError('template/bad-value', `${macro} would give two columns named "${name}".`, hint);
    }
    taken.add(lower);
  }
}

/** Refuses a list of columns that names none. */
export function refuseEmpty(macro: string, option: string, names: OneOrMany<string>): void {
  if (asList<string>(names).length > 0) return;
  throw new TemplateError(
    'template/bad-value',
    `${macro} needs at least one column${option && ` in ${option}`}.`,
  );
}
