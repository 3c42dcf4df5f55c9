import type { Column, TableSchema } from './table-schema.js';

type Columns = { readonly columns: TableSchema['columns'] };

/** Whether files of these two schemas can stand in one table version. */
export function sameColumns(now: Columns, before: Columns): boolean {
  return areAll(now, before, isSame);
}

/** Whether a query sees no difference between tables of these two schemas. */
export function sameNamesAndTypes(now: Columns, before: Columns): boolean {
  return areAll(now, before, isAlike);
}

function areAll(
  { columns: now }: Columns,
  { columns: before }: Columns,
  matches: (now: Column, before: Column) => boolean,
): boolean {
  return now.length === before.length && now.every((column, i) => matches(column, before[i]!));
}

function isAlike(now: Column, before: Column): boolean {
  return now.name === before.name && now.type === before.type;
}

function isSame(now: Column, before: Column): boolean {
  return (
    isAlike(now, before) &&
    // Ids stand in the files: a pin that is new to the lake has them written.
    now.fieldId === before.fieldId &&
    JSON.stringify(now.nestedIds) === JSON.stringify(before.nestedIds)
  );
}
