import { type Diagnostic, errorDiagnostic, type Note, warningDiagnostic } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import type { CompatibilityMode, Finding } from '../schema/compatibility.js';
import { compatibilityRules } from '../schema/compatibility-rules.js';
import type { SchemaChange } from '../schema/diff-schema.js';
import { own } from '../util/own.js';
import { describeChange } from './describe-change.js';
import type { PinFile } from './pin-file.js';
import type { PinnedTable } from './pinned-table.js';

interface Context {
  readonly table: PinnedTable;
  readonly file: PinFile | undefined;
  readonly mode: CompatibilityMode;
  /** True when readers of an earlier schema than the pinned one are hurt. */
  readonly earlier: boolean;
  readonly consumers: (table: string, column: string | undefined) => readonly string[];
}

/** What one change of a pinned table does: an error where it is breaking, otherwise a warning. */
export function changeDiagnostic({ change, class: found }: Finding, context: Context): Diagnostic {
  const { table, mode } = context;
  const message = `${describeChange(table.table, change)}\n${compatibilityRules[change.rule].because}`;
  const against = context.earlier ? ', compared with an earlier schema in the history' : '';
  const notes = [...readers(change, context), { message: `rule ${change.rule}, mode ${mode}${against}` }];
  if (found !== 'breaking') {
    const span = columnSpan(change, table.columnSpans);
    return warningDiagnostic('pin/risky-change', message, { ...(span && { span }), notes });
  }
  const span = pinSpan(change, context);
  return errorDiagnostic('pin/breaking-change', message, {
    ...(span && { span }),
    notes,
    hint: hint(change, table.table, context.file?.path),
  });
}

function readers(change: SchemaChange, { table, consumers }: Context): readonly Note[] {
  if (change.kind === 'added') return [];
  const names = consumers(table.table, change.column);
  return names.length > 0 ? [{ message: `read by ${names.join(', ')}` }] : [];
}

/** The pinned column, which shows what was promised; the project's own file where nothing is pinned. */
function pinSpan(change: SchemaChange, { file, table }: Context): Span | undefined {
  if (!file) return columnSpan(change, table.columnSpans);
  if (change.column !== undefined) return own(file.columnSpans, change.column) ?? file.span;
  return (change.kind === 'partition' && file.partitionSpan) || file.span;
}

function columnSpan(change: SchemaChange, spans: Readonly<Record<string, Span>>): Span | undefined {
  return own(spans, change.column ?? change.path);
}

function hint(change: SchemaChange, table: string, path: string | undefined): string {
  const accept = `accept it with \`etl pin ${table}\`${path === undefined ? '' : ` and commit ${path}`}`;
  if (change.rule === 'column-renamed' || change.rule === 'field-renamed') {
    const place = change.rule === 'column-renamed' ? change.after : change.newPath;
    return `if it is the same data, write \`renamed_from: ${change.before}\` at "${place}"; otherwise ${accept}`;
  }
  return `undo it, or ${accept}`;
}
