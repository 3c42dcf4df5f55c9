import { errorDiagnostic } from '../../diagnostics/diagnostic.js';
import { DiagnosticError } from '../../diagnostics/diagnostic-error.js';
import type { LakeSnapshot } from '../../ir/commit.js';
import type { TableVersion } from '../../ir/table-version.js';
import { tableHistory } from '../../lake/history.js';
import type { Lake } from '../../lake/lake.js';
import { nearest } from '../../util/nearest.js';
import { openWorkspace, type Workspace } from '../workspace.js';

/** A state of a lake that tables are compared in. */
export interface DiffPlace {
  readonly workspace: Workspace;
  readonly lake: Lake;
  readonly target: string;
  readonly snapshot: LakeSnapshot;
  /** Where one version of one table was asked for. */
  readonly version?: TableVersion;
}

export interface DiffRef {
  /** Undefined: the target that the command is about. */
  readonly target?: string;
  /** Undefined: the last one. */
  readonly commit?: number;
  readonly versionId?: string;
}

/** `12`, `prod`, `prod@12`, or the id of a version. Throws `DiagnosticError` for anything else. */
export function parseDiffRef(text: string, targets: readonly string[]): DiffRef {
  if (targets.includes(text)) return { target: text };
  const [, target, commit] = /^(?:(.+)@)?(\d{1,15})$/.exec(text) ?? [];
  if (commit !== undefined && (target === undefined || targets.includes(target))) {
    return { ...(target !== undefined && { target }), commit: Number(commit) };
  }
  if (/^\d{8}T\d+-[0-9a-f]+$/.test(text)) return { versionId: text };
  const near = nearest(target ?? text, targets);
  throw new DiagnosticError([
    errorDiagnostic(
      'project/unknown-target',
      `"${text}" is no commit number, target or version that could be compared.`,
      { hint: near ? `did you mean "${near}"?` : `write 12, ${targets[0]}, ${targets[0]}@12 or a version` },
    ),
  ]);
}

/** Opens the places of one comparison; a workspace for each target, closed together. */
export class DiffPlaces {
  readonly #others = new Map<string, Promise<Workspace>>();

  constructor(private readonly workspace: Workspace) {}

  async open(ref: DiffRef, table: string | undefined): Promise<DiffPlace> {
    const workspace = await this.#workspaceOf(ref.target ?? this.workspace.project.target.name);
    const lake = await workspace.lake();
    const snapshot = await lake.snapshot(ref.commit);
    const place = { workspace, lake, target: workspace.project.target.name, snapshot };
    if (ref.versionId === undefined) return place;
    const version = table === undefined ? undefined : await lake.findVersion(table, ref.versionId);
    if (version) return { ...place, version };
    const message = `There is no version ${ref.versionId} of ${table ?? 'a table that is not named'}.`;
    const hint = `etl history ${table ?? 'orders'} --format json shows which versions there are`;
    throw new DiagnosticError([errorDiagnostic('lake/no-table', message, { hint })]);
  }

  /** What stood before a place: of one table, the version before; of the whole lake, the commit before. */
  async openBefore(place: DiffPlace, table: string | undefined): Promise<DiffPlace> {
    const { lake, snapshot } = place;
    if (table === undefined) {
      return { ...place, snapshot: await lake.snapshot(Math.max(0, snapshot.commit - 1)) };
    }
    const current = place.version?.id ?? snapshot.tables.get(table)?.id ?? null;
    const changes = (await tableHistory(lake, table)).filter((change) => change.commit <= snapshot.commit);
    const at = changes.findIndex((change) => change.versionId === current);
    const commit = changes[at + 1]?.commit ?? 0;
    return { workspace: place.workspace, lake, target: place.target, snapshot: await lake.snapshot(commit) };
  }

  async close(): Promise<void> {
    for (const opened of this.#others.values()) await (await opened).close();
  }

  #workspaceOf(target: string): Promise<Workspace> {
    if (target === this.workspace.project.target.name) return Promise.resolve(this.workspace);
    const opened = this.#others.get(target) ?? openOther(this.workspace, target);
    this.#others.set(target, opened);
    return opened;
  }
}

async function openOther({ options }: Workspace, target: string): Promise<Workspace> {
  const { value, diagnostics } = await openWorkspace({ ...options, target });
  if (!value) throw new DiagnosticError(diagnostics);
  return value;
}
