import { type Diagnostic, errorDiagnostic, warningDiagnostic } from '../diagnostics/diagnostic.js';
import type { Renames } from '../schema/carried-columns.js';
import { type CompatibilityMode, type Finding, judge } from '../schema/compatibility.js';
import { compatibilityRules } from '../schema/compatibility-rules.js';
import { diffSchema } from '../schema/diff-schema.js';
import type { Pin } from '../schema/pin.js';
import type { TableSchema } from '../schema/table-schema.js';
import { describeChange } from './describe-change.js';
import { holdNarrower } from './hold-narrower.js';

/**
 * What happens when a source has other columns than those pinned. `fail`: nothing lands. `evolve`: what the
 * pin's mode allows lands and moves the pin, a narrower type lands as the pinned one, the rest fails. `ignore`:
 * the pinned columns land, as they were; new ones are left out.
 */
export type OnSchemaChange = 'fail' | 'evolve' | 'ignore';

export interface SourceDecision {
  /** The columns to land: found ones, in their pinned types where these hold more, or with `ignore` the pinned ones. */
  readonly schema: TableSchema;
  readonly findings: readonly Finding[];
  /** With an error among them nothing must land. */
  readonly diagnostics: readonly Diagnostic[];
}

/** What a source says of its columns. */
export interface SourceSettings {
  readonly renames?: Renames;
  /** Names of those with a declared type. */
  readonly declared?: readonly string[];
}

/**
 * Decides what to land of a source. Nullability is not compared: what a connector finds out about columns
 * does not say it. Without a pin everything lands as found.
 */
export function onSchemaChange(
  table: string,
  pin: Pin | undefined,
  inferred: TableSchema,
  policy: OnSchemaChange,
  { renames = {}, declared = [] }: SourceSettings = {},
): SourceDecision {
  if (!pin) return { schema: inferred, findings: [], diagnostics: [] };
  const found = policy === 'evolve' ? holdNarrower(inferred, pin, declared) : inferred;
  const pinned = { columns: pin.columns.map(({ name, type }) => ({ name, type })) };
  const columns = found.columns.map(({ name, type }) => ({ name, type }));
  const mode: CompatibilityMode = policy === 'evolve' ? pin.mode : 'exact';
  const { findings, verdict } = judge(diffSchema(pinned, { columns }, { renames }), mode);
  if (findings.length === 0) return { schema: found, findings, diagnostics: [] };
  if (policy === 'ignore') return { schema: pin, findings, diagnostics: ignored(table, pin, findings) };
  if (policy === 'evolve' && verdict !== 'breaking') return { schema: found, findings, diagnostics: [] };
  const breaking = findings.filter((finding) => finding.class === 'breaking');
  const diagnostic = errorDiagnostic(
    'pin/source-changed',
    `The columns of ${table} are not the pinned ones.`,
    {
      notes: breaking.map((finding) => ({ message: sentence(table, finding) })),
      hint:
        policy === 'fail'
          ? `accept them with \`etl pin ${table}\`, or set on_schema_change: evolve (or ignore) at the source`
          : `accept them with \`etl pin ${table}\`, or set on_schema_change: ignore at the source`,
    },
  );
  return { schema: found, findings, diagnostics: [diagnostic] };
}

/** Ignoring is possible only while every pinned column can still be filled from what was found. */
function ignored(table: string, pin: Pin, findings: readonly Finding[]): readonly Diagnostic[] {
  const required = new Set(pin.columns.flatMap(({ name, nullable }) => (nullable ? [] : [name])));
  const unfillable = findings.filter(
    ({ change }) =>
      (change.kind === 'dropped' || change.kind === 'renamed') &&
      change.rule.startsWith('column') &&
      change.rule !== 'column-case-changed' &&
      required.has(change.column ?? ''),
  );
  if (unfillable.length > 0) {
    const notes = unfillable.map((finding) => ({ message: sentence(table, finding) }));
    const hint = `bring the column back, or accept the change with \`etl pin ${table}\``;
    const message = `${table} lost a column that is pinned as NOT NULL.`;
    return [errorDiagnostic('pin/source-changed', message, { notes, hint })];
  }
  const message = `${table} is landed with its pinned columns; the source has others.`;
  const notes = findings.map((finding) => ({ message: describeChange(table, finding.change) }));
  return [warningDiagnostic('pin/source-changed', message, { notes })];
}

function sentence(table: string, { change }: Finding): string {
  return `${describeChange(table, change)} ${compatibilityRules[change.rule].because}`;
}
