import { type Diagnostic, errorDiagnostic, hasErrors, type Outcome } from '../diagnostics/diagnostic.js';
import type { PinUpdate } from '../pins/check-pins.js';
import { describeChange } from '../pins/describe-change.js';
import { writePins } from '../pins/pin-store.js';
import type { ChangeClass } from '../schema/compatibility-rules.js';
import { nearest } from '../util/nearest.js';
import { type CompiledProject, compileProject } from './compile-project.js';
import type { ProjectOptions } from './options.js';
import { isPinned, pinProject } from './pin-project.js';
import { refuseReadOnlyPins } from './read-only.js';
import { openWorkspace, type Workspace } from './workspace.js';

export interface PinOptions extends ProjectOptions {
  /** Only these; default: every published table and landed source. */
  readonly tables?: readonly string[] | undefined;
  /** Only say what would change. */
  readonly dryRun?: boolean | undefined;
}

/** One pin that was written or removed. */
export interface AcceptedPin {
  readonly table: string;
  /** Relative to the project's root. */
  readonly path: string;
  readonly kind: PinUpdate['kind'];
  /** The change as a whole, one sentence each. */
  readonly summary: readonly string[];
  readonly changes: readonly { readonly class: ChangeClass; readonly message: string }[];
}

/** Makes the pins say what the project makes now, whatever readers it breaks. */
export async function pin(options: PinOptions): Promise<Outcome<readonly AcceptedPin[] | undefined>> {
  const { value: workspace, diagnostics } = await openWorkspace(options);
  if (!workspace) return { value: undefined, diagnostics };
  try {
    const accepted = await acceptPins(workspace, options);
    return { value: accepted.value, diagnostics: [...diagnostics, ...accepted.diagnostics] };
  } finally {
    await workspace.close();
  }
}

async function acceptPins(
  workspace: Workspace,
  { tables = [], dryRun = false }: PinOptions,
): Promise<Outcome<readonly AcceptedPin[] | undefined>> {
  const lake = await workspace.lake();
  const snapshot = await lake.snapshot();
  const chosen = new Set(tables);
  const accepts = (table: string) => chosen.size === 0 || chosen.has(table);
  const { value: compiled, diagnostics } = await compileProject(workspace, snapshot, {
    acceptsSource: accepts,
  });
  if (!compiled || hasErrors(diagnostics)) return { value: undefined, diagnostics };
  const unknown = tables.flatMap((table) => unknownTable(table, compiled));
  if (unknown.length > 0) return { value: undefined, diagnostics: [...diagnostics, ...unknown] };
  const pinned = await pinProject(workspace, {
    compiled,
    snapshot,
    active: chosen.size === 0 ? new Set(compiled.manifest.nodes.keys()) : chosen,
    wholeProject: chosen.size === 0,
    frozen: false,
    accept: chosen.size === 0 ? 'all' : chosen,
  });
  const { updates } = pinned.value;
  if (!dryRun && updates[0]) refuseReadOnlyPins(workspace, updates[0].path);
  if (!dryRun) await writePins(workspace.paths.root, updates);
  return { value: updates.map(acceptedPin), diagnostics: [...diagnostics, ...pinned.diagnostics] };
}

function acceptedPin({ table, path, kind, summary, findings }: PinUpdate): AcceptedPin {
  const changes = findings.map((finding) => ({
    class: finding.class,
    message: describeChange(table, finding.change),
  }));
  return { table, path, kind, summary, changes };
}

function unknownTable(table: string, { manifest, pins }: CompiledProject): readonly Diagnostic[] {
  const node = manifest.nodes.get(table);
  if (pins.has(table) || (node && isPinned(node))) return [];
  if (node) {
    const message = `${table} is neither published nor a source, so nobody relies on its columns.`;
    const hint = 'write "publish: true" in its front matter, and its columns are pinned';
    return [errorDiagnostic('select/no-match', message, { hint })];
  }
  const names = [...manifest.nodes.values()].filter(isPinned).map(({ name }) => name);
  const near = nearest(table, [...names, ...pins.keys()]);
  return [
    errorDiagnostic(
      'select/no-match',
      `There is no published table or source "${table}".`,
      near === undefined ? {} : { hint: `did you mean "${near}"?` },
    ),
  ];
}
