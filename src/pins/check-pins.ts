import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import type { PinChange } from '../ir/run-plan.js';
import { type CompatibilityMode, type Finding, isTransitive, judge } from '../schema/compatibility.js';
import { diffSchema, type SchemaChange, type TableShape } from '../schema/diff-schema.js';
import { type Pin, updatePin } from '../schema/pin.js';
import { countOf } from '../util/format-units.js';
import { changeDiagnostic } from './change-diagnostic.js';
import { describeChange } from './describe-change.js';
import { firstPin, highestId, olderThanLake } from './lake-pin.js';
import { type PinFile, pinPath } from './pin-file.js';
import type { PinnedTable } from './pinned-table.js';
import { printPin } from './print-pin.js';

export interface CheckPinsInput {
  /** Every published table and landed source of the project. */
  readonly tables: readonly PinnedTable[];
  /** By table. */
  readonly pins: ReadonlyMap<string, PinFile>;
  /** For tables that neither their settings nor a pin give a mode. */
  readonly defaultMode: CompatibilityMode;
  /** Any difference is an error and nothing is updated. */
  readonly frozen: boolean;
  /** Tables whose breaking changes are accepted: what `etl pin` was called with. */
  readonly accept?: 'all' | ReadonlySet<string>;
  /** Names of the nodes that read a column, or the table where the column is undefined. */
  readonly consumers: (table: string, column: string | undefined) => readonly string[];
}

/** A pin file to be written or removed. */
export interface PinUpdate extends PinChange {
  /** Absent for a pin that goes. */
  readonly pin?: Pin;
  /** The file's new text; absent for a pin that goes. */
  readonly text?: string;
  readonly findings: readonly Finding[];
}

export interface CheckPinsResult {
  readonly diagnostics: readonly Diagnostic[];
  /** What to write once the run may go on; empty for tables with errors. */
  readonly updates: readonly PinUpdate[];
  /** The pin of every table as it is after the updates: what gives files their field ids. */
  readonly pins: ReadonlyMap<string, Pin>;
}

type TableResult = Omit<CheckPinsResult, 'pins'>;

/**
 * Compares what the project makes with what is pinned. Compatible changes become updates of the pins (and
 * a warning where some readers will notice), breaking ones errors, unless they are accepted. A table
 * without a pin is compared with the lake's current version. Touches nothing.
 */
export function checkPins(input: CheckPinsInput): CheckPinsResult {
  const results = [
    ...input.tables.map((table) => checkTable(table, input.pins.get(table.table), input)),
    ...droppedTables(input),
  ];
  const updates = results.flatMap((result) => result.updates);
  const pins = new Map([...input.pins].map(([table, file]) => [table, file.pin]));
  for (const { table, pin } of updates) {
    if (pin) pins.set(table, pin);
    else pins.delete(table);
  }
  return { diagnostics: results.flatMap((result) => result.diagnostics), updates, pins };
}

function checkTable(table: PinnedTable, file: PinFile | undefined, input: CheckPinsInput): TableResult {
  const name = table.table;
  const mode = table.mode ?? file?.pin.mode ?? input.defaultMode;
  const accepted = input.accept === 'all' || input.accept?.has(name) === true;
  const known = file?.pin ?? firstPin(table, mode);
  // A pin that is accepted by name has been told of all that the lake has.
  const isNamed = input.accept !== 'all' && accepted;
  const lastFieldId = isNamed
    ? Math.max(known.lastFieldId, highestId(table.lake?.columns ?? []))
    : known.lastFieldId;
  const before = { ...known, mode, lastFieldId };
  const options = { renames: table.renames };
  const base = file?.pin ?? (table.lake && withNullability(table.lake, table.schema));
  const changes = base ? diffSchema(base, table.schema, options) : [];
  const older = input.frozen && file ? olderThanLake(table, file) : [];
  if (file && changes.length === 0 && file.pin.mode === mode && file.pin.lastFieldId === lastFieldId) {
    return { diagnostics: older, updates: [] };
  }

  const moved = updatePin(before, table.schema, options);
  const findings = judge(changes, mode).findings;
  const inHistory = isTransitive(mode) ? brokenInHistory(before, moved, findings) : [];
  const all = [...findings, ...inHistory];
  const breaking = accepted ? [] : all.filter((finding) => finding.class === 'breaking');
  const diagnose = (finding: Finding) =>
    changeDiagnostic(finding, {
      table,
      file,
      mode,
      earlier: inHistory.includes(finding),
      consumers: input.consumers,
    });
  if (input.frozen) {
    const rest = all.filter((finding) => !breaking.includes(finding)).map((finding) => finding.change);
    const breaches = breaking.map(diagnose);
    const needed = breaches.length === 0 || rest.length > 0;
    const diagnostics = needed ? [...breaches, outOfDate(table, file, rest)] : breaches;
    return { diagnostics: [...older, ...diagnostics], updates: [] };
  }
  if (breaking.length > 0) {
    return { diagnostics: breaking.map(diagnose), updates: [] };
  }
  // What was broken on purpose cannot be promised any longer: a transitive history begins anew.
  const restart = all.some((finding) => finding.class === 'breaking');
  const pin = restart ? { ...moved, history: [] } : moved;
  const update: PinUpdate = {
    table: name,
    path: pinPath(name),
    kind: file ? 'update' : 'create',
    pin,
    text: printPin(pin),
    findings,
    summary: summarize(table, file, pin, changes),
  };
  const warnings = accepted ? [] : findings.filter((finding) => finding.class === 'warning');
  return { diagnostics: warnings.map(diagnose), updates: [update] };
}

/** The lake does not know nullability; without a pin nothing was promised, so nothing changes. */
function withNullability(lake: TableShape, schema: TableShape): TableShape {
  const promised = new Map(schema.columns.map(({ name, nullable = true }) => [name, nullable]));
  const columns = lake.columns.map((column) => ({
    ...column,
    nullable: column.nullable ?? promised.get(column.name) ?? true,
  }));
  return { ...lake, columns };
}

/** Changes that break readers of an earlier schema though not those of the pinned one. */
function brokenInHistory(pin: Pin, moved: Pin, known: readonly Finding[]): readonly Finding[] {
  const seen = new Set(known.map(keyOf));
  return pin.history
    .flatMap((old) => judge(diffSchema(old, moved), pin.mode).findings)
    .filter((finding) => {
      const isNew = finding.class === 'breaking' && !seen.has(keyOf(finding));
      seen.add(keyOf(finding));
      return isNew;
    });
}

function keyOf({ change }: Finding): string {
  return `${change.rule} ${change.path}`;
}

function summarize(
  table: PinnedTable,
  file: PinFile | undefined,
  { mode, lastFieldId }: Pin,
  changes: readonly SchemaChange[],
): readonly string[] {
  const sentences = changes.map((change) => describeChange(table.table, change));
  if (!file)
    return [`${table.table} is pinned with ${countOf(table.schema.columns.length, 'column')}.`, ...sentences];
  if (file.pin.mode !== mode) {
    return [`The mode of ${table.table} changes from ${file.pin.mode} to ${mode}.`, ...sentences];
  }
  return sentences.length > 0
    ? sentences
    : [`Columns of ${table.table} in the lake go; ids up to ${lastFieldId} stay theirs.`];
}

function outOfDate(
  table: PinnedTable,
  file: PinFile | undefined,
  changes: readonly SchemaChange[],
): Diagnostic {
  const name = table.table;
  if (!file) {
    return errorDiagnostic('pin/missing', `${name} has no schema pin, and with --frozen none is written.`, {
      hint: `run \`etl pin ${name}\` and commit ${pinPath(name)}`,
    });
  }
  return errorDiagnostic('pin/out-of-date', `The pin of ${name} does not say what the project makes.`, {
    span: file.span,
    notes: changes.map((change) => ({ message: describeChange(name, change) })),
    hint: `run \`etl pin ${name}\` and commit ${file.path}`,
  });
}

function droppedTables(input: CheckPinsInput): readonly TableResult[] {
  const made = new Set(input.tables.map((table) => table.table));
  return [...input.pins.values()].flatMap((file): TableResult[] => {
    const { table, mode } = file.pin;
    if (made.has(table)) return [];
    const change: SchemaChange = { kind: 'table', rule: 'table-dropped', path: '' };
    const accepted = input.accept === 'all' || input.accept?.has(table) === true || mode === 'none';
    if (accepted && !input.frozen) {
      const summary = [describeChange(table, change)];
      const findings = judge([change], mode).findings;
      return [{ diagnostics: [], updates: [{ table, path: file.path, kind: 'delete', findings, summary }] }];
    }
    const message = `${table} is pinned, but the project no longer publishes or lands it.`;
    const hint = `bring it back, or let it go with \`etl pin ${table}\``;
    return [
      {
        diagnostics: [errorDiagnostic('pin/table-dropped', message, { span: file.span, hint })],
        updates: [],
      },
    ];
  });
}
