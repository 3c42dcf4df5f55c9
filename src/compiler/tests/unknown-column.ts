import { type Diagnostic, errorDiagnostic } from '../../diagnostics/diagnostic.js';
import type { Span } from '../../diagnostics/span.js';
import type { Column } from '../../schema/table-schema.js';
import { nearest } from '../../util/nearest.js';

/** What is said of a test that names a column which a table does not have. */
export function unknownColumn(
  column: string,
  table: string,
  columns: readonly Column[],
  span: Span | undefined,
): Diagnostic {
  const close = nearest(
    column,
    columns.map(({ name }) => name),
  );
  const message = `Column "${column}" does not exist in ${table}.`;
  const hint = close && { hint: `did you mean "${close}"?` };
  return errorDiagnostic('compile/unknown-column', message, { ...(span && { span }), ...hint });
}
