import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { LakeSnapshot } from '../ir/commit.js';
import type { Lake } from '../lake/lake.js';
import type { RunOptions } from './options.js';
import { openWorkspace, type Workspace } from './workspace.js';

/** What another target has. */
export interface StateLake {
  readonly lake: Lake;
  readonly snapshot: LakeSnapshot;
}

/** Opens the lake of the target that `--state` names. Throws `DiagnosticError`. */
export async function openStateLake(workspace: Workspace, target: string): Promise<StateLake> {
  const { value, diagnostics } = await openWorkspace({ ...workspace.options, target });
  const unknown = diagnostics.filter(({ code }) => code === 'project/unknown-target');
  if (!value || unknown.length > 0) throw new DiagnosticError(value ? unknown : diagnostics);
  try {
    const lake = await value.lake();
    return { lake, snapshot: await lake.snapshot() };
  } finally {
    await value.close();
  }
}

/** The state that options name, where they name one. */
export async function stateOf(
  workspace: Workspace,
  { state }: Pick<RunOptions, 'state'>,
): Promise<StateLake | undefined> {
  return state === undefined ? undefined : openStateLake(workspace, state);
}

/** The own lake's tables, and those that only the other target has. */
export function withState(own: LakeSnapshot, state: StateLake | undefined): LakeSnapshot {
  if (!state) return own;
  return { commit: own.commit, tables: new Map([...state.snapshot.tables, ...own.tables]) };
}
