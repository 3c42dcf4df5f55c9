import { errorDiagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { TableVersion } from '../ir/table-version.js';
import { diffSchema, type TableShape } from '../schema/diff-schema.js';
import type { Pin } from '../schema/pin.js';
import type { TableSchema } from '../schema/table-schema.js';
import { describeChange } from './describe-change.js';

/**
 * Throws `pin/breaking-change` where a version is about to be committed whose columns are not the pinned ones.
 * Nullability is kept by tests on the rows.
 */
export function checkBeforeCommit(
  changes: ReadonlyMap<string, TableVersion | null>,
  pins: ReadonlyMap<string, Pin>,
): void {
  const diagnostics = [...changes].flatMap(([table, version]) => {
    const pin = pins.get(table);
    if (!pin || version?.kind !== 'table') return [];
    const found = diffSchema(shapeOf(pin, pin.partitionBy), shapeOf(version.schema, version.partitionBy));
    if (found.length === 0) return [];
    return [
      errorDiagnostic('pin/breaking-change', `What was written of ${table} is not what its pin says.`, {
        notes: found.map((change) => ({ message: describeChange(table, change) })),
        hint: `nothing was committed; build it anew with \`etl build -s ${table} --full-refresh\``,
      }),
    ];
  });
  if (diagnostics.length > 0) throw new DiagnosticError(diagnostics);
}

function shapeOf({ columns }: TableSchema, partitionBy: readonly string[]): TableShape {
  return { columns: columns.map(({ name, type }) => ({ name, type })), partitionBy };
}
