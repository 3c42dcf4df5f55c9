import type { Column, TableSchema } from '../schema/table-schema.js';

/** Whether files of these two schemas can stand in one table version. */
export function sameColumns(
  { columns: now }: { readonly columns: TableSchema['columns'] },
  { columns: before }: { readonly columns: TableSchema['columns'] },
): boolean {
  return now.length === before.length && now.every((column, i) => sameColumn(column, before[i]!));
}

function sameColumn(now: Column, before: Column): boolean {
  return (
    now.name === before.name &&
    now.type === before.type &&
    // Ids stand in the files: a pin that is new to the lake has them written.
    now.fieldId === before.fieldId &&
    JSON.stringify(now.nestedIds) === JSON.stringify(before.nestedIds)
  );
}
