import { own } from '../util/own.js';
import { quoteIdentifier } from '../util/sql-quote.js';
import { columnPath } from './column-path.js';
import { type ColumnType, printType, type TypeField } from './column-type.js';
import { exactCast } from './exact-cast.js';
import { type FieldPair, pairFields } from './pair-fields.js';
import { parseType } from './parse-type.js';
import type { Column } from './table-schema.js';

/** Old name by the path of each renamed column or field. */
export type Renames = Readonly<Record<string, string>>;

/** The column that each one of a table's new columns was before. */
export function earlierColumns(
  before: readonly Column[],
  now: readonly Column[],
  renames: Renames,
): ReadonlyMap<Column, Column> {
  const { pairs } = pairFields(before, now, (name) => own(renames, columnPath.field('', name)));
  return new Map(pairs.map((pair) => [pair.after, pair.before]));
}

/**
 * The select list that turns rows with earlier columns into ones with the columns that the table has now: under
 * their new names, in their new types, NULL where there was none.
 *
 * ```sql
 * cast("amount" as BIGINT) as "total", cast(null as VARCHAR) as "note"
 * ```
 */
export function carriedColumns(before: readonly Column[], now: readonly Column[], renames: Renames): string {
  const earlier = earlierColumns(before, now, renames);
  return now
    .map((column) => {
      const old = earlier.get(column);
      const path = columnPath.field('', column.name);
      const value = old
        ? carriedValue(quoteIdentifier(old.name), parseType(old.type), parseType(column.type), path, renames)
        : `cast(null as ${column.type})`;
      return `${value} as ${quoteIdentifier(column.name)}`;
    })
    .join(', ');
}

/** DuckDB's cast goes by the names of fields; what it would lose or refuse is put together field by field. */
function carriedValue(
  value: string,
  before: ColumnType,
  now: ColumnType,
  path: string,
  renames: Renames,
): string {
  const typed = (sql: string) => `cast(${sql} as ${printType(now)})`;
  if (isCast(before, now, path, renames)) return exactCast(value, printType(before), printType(now), path);
  const inside = (sql: string, from: ColumnType, to: ColumnType, at: string) =>
    carriedValue(sql, from, to, at, renames);
  // Names within a nested function hide those around it, so each depth has its own.
  const item = quoteIdentifier(`item ${path.length}`);
  if (before.kind === 'list' && now.kind === 'list') {
    const element = inside(item, before.element, now.element, columnPath.element(path));
    return typed(`list_transform(${value}, lambda ${item}: ${element})`);
  }
  if (before.kind === 'map' && now.kind === 'map') {
    const key = inside(`${item}.key`, before.key, now.key, columnPath.key(path));
    const entry = inside(`${item}.value`, before.value, now.value, columnPath.value(path));
    const entries = `list_transform(map_entries(${value}), lambda ${item}: struct_pack(key := ${key}, value := ${entry}))`;
    return typed(`map_from_entries(${entries})`);
  }
  if (before.kind !== 'struct' || now.kind !== 'struct') return typed(value);
  const earlier = new Map(fieldPairs(before, now, path, renames).map((pair) => [pair.after, pair.before]));
  const fields = now.fields.map((field) => {
    const old = earlier.get(field);
    const sql = old
      ? inside(
          `(${value}).${quoteIdentifier(old.name)}`,
          old.type,
          field.type,
          columnPath.field(path, field.name),
        )
      : `cast(null as ${printType(field.type)})`;
    return `${quoteIdentifier(field.name)} := ${sql}`;
  });
  return typed(`case when ${value} is not null then struct_pack(${fields.join(', ')}) end`);
}

/** Whether DuckDB's cast gives every field the value that it had. */
function isCast(before: ColumnType, now: ColumnType, path: string, renames: Renames): boolean {
  const inside = (from: ColumnType, to: ColumnType, at: string) => isCast(from, to, at, renames);
  if (before.kind === 'list' && now.kind === 'list')
    return inside(before.element, now.element, columnPath.element(path));
  if (before.kind === 'map' && now.kind === 'map')
    return (
      inside(before.key, now.key, columnPath.key(path)) &&
      inside(before.value, now.value, columnPath.value(path))
    );
  if (before.kind !== 'struct' || now.kind !== 'struct') return true;
  if ([...before.fields, ...now.fields].some(({ name }) => name === '')) return true;
  const pairs = fieldPairs(before, now, path, renames);
  return (
    pairs.length > 0 &&
    pairs.every(
      (pair) =>
        pair.by !== 'rename' &&
        inside(pair.before.type, pair.after.type, columnPath.field(path, pair.after.name)),
    )
  );
}

function fieldPairs(
  before: { readonly fields: readonly TypeField[] },
  now: { readonly fields: readonly TypeField[] },
  path: string,
  renames: Renames,
): readonly FieldPair<TypeField, TypeField>[] {
  return pairFields(before.fields, now.fields, (name) => own(renames, columnPath.field(path, name))).pairs;
}

/** Whether values of one type, cast to another, keep a field of every struct in them. */
export function sharesFields(from: string, to: string): boolean {
  return isCast(parseType(from), parseType(to), '', {});
}

/**
 * The type that holds the values of both: the earlier one, and behind its fields those that only the new one has,
 * at every depth.
 */
export function grownType(before: string, now: string, path: string, renames: Renames): string {
  return printType(grow(parseType(before), parseType(now), path, renames));
}

function grow(before: ColumnType, now: ColumnType, path: string, renames: Renames): ColumnType {
  if (before.kind === 'list' && now.kind === 'list')
    return { kind: 'list', element: grow(before.element, now.element, columnPath.element(path), renames) };
  if (before.kind === 'map' && now.kind === 'map') {
    const key = grow(before.key, now.key, columnPath.key(path), renames);
    return { kind: 'map', key, value: grow(before.value, now.value, columnPath.value(path), renames) };
  }
  if (before.kind !== 'struct' || now.kind !== 'struct') return before;
  const pairs = fieldPairs(before, now, path, renames);
  const kept = before.fields.map((field) => {
    const pair = pairs.find((one) => one.before === field);
    if (!pair) return field;
    const name = pair.by === 'rename' ? pair.after.name : field.name;
    return { name, type: grow(field.type, pair.after.type, columnPath.field(path, name), renames) };
  });
  const known = new Set(pairs.map((pair) => pair.after));
  return { kind: 'struct', fields: [...kept, ...now.fields.filter((field) => !known.has(field))] };
}
