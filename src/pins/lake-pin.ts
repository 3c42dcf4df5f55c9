import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import type { CompatibilityMode } from '../schema/compatibility.js';
import { emptyPin, type Pin, type PinnedColumn } from '../schema/pin.js';
import type { Column } from '../schema/table-schema.js';
import type { PinFile } from './pin-file.js';
import type { PinnedTable } from './pinned-table.js';

/**
 * What a table's pin begins with where there is no file: the ids that the lake's files have, so that a pin that was
 * lost comes back with the ids that readers know.
 */
export function firstPin({ table, lake }: PinnedTable, mode: CompatibilityMode): Pin {
  const columns = (lake?.columns ?? []).flatMap((column): PinnedColumn[] => {
    const { name, type, nullable = true, fieldId, nestedIds = {} } = column;
    return fieldId === undefined ? [] : [{ name, type, nullable, fieldId, nestedIds }];
  });
  return { ...emptyPin(table, mode), columns, lastFieldId: highestId(columns) };
}

/** The highest field id in files of the lake; 0 where they have none. */
export function highestId(columns: readonly Column[]): number {
  return Math.max(
    0,
    ...columns.flatMap(({ fieldId = 0, nestedIds = {} }) => [fieldId, ...Object.values(nestedIds)]),
  );
}

/**
 * An error where the lake has columns that the pin was never told of: what is built here would take them from
 * readers, though it agrees with its own, older pin.
 */
export function olderThanLake({ table, lake }: PinnedTable, file: PinFile): readonly Diagnostic[] {
  const { lastFieldId } = file.pin;
  const unknown = (lake?.columns ?? []).filter((column) => highestId([column]) > lastFieldId);
  if (unknown.length === 0) return [];
  const names = unknown.map(({ name }) => `"${name}"`).join(', ');
  const message = `The lake's ${table} has what this pin was never told of: ${names}.`;
  return [
    errorDiagnostic('pin/older-than-lake', message, {
      span: file.span,
      hint: `merge the change that built it, or take it from its readers with \`etl pin ${table}\``,
    }),
  ];
}
