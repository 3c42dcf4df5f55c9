import type { Diagnostic, Outcome } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { LakeSnapshot } from '../ir/commit.js';
import type { Workspace } from './workspace.js';

/**
 * What the lake holds now. One that cannot be reached is an error beside all others, and taken as empty: what is
 * wrong in the project is said all the same. `earlier` is what was found wrong before and is not said again.
 */
export async function reachLake(
  workspace: Workspace,
  earlier: readonly Diagnostic[],
): Promise<Outcome<LakeSnapshot | undefined>> {
  try {
    return { value: await (await workspace.lake()).snapshot(), diagnostics: [] };
  } catch (thrown) {
    if (!(thrown instanceof DiagnosticError)) throw thrown;
    const diagnostics = thrown.diagnostics.filter((one) => !earlier.includes(one));
    return { value: undefined, diagnostics };
  }
}

export const emptyLake: LakeSnapshot = { commit: 0, tables: new Map() };
