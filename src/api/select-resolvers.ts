import type { SelectResolvers } from '../graph/select.js';
import type { LakeSnapshot } from '../ir/commit.js';
import type { CompiledProject } from './compile-project.js';
import { readLastRun, resultResolver } from './last-run.js';
import { stateResolvers } from './state-resolvers.js';
import type { Workspace } from './workspace.js';

/** What selectors can be compared with: the lake, and the results of the last run if there was one. */
export async function selectResolvers(
  workspace: Workspace,
  compiled: CompiledProject,
  snapshot: LakeSnapshot,
): Promise<SelectResolvers> {
  const { tests } = compiled.manifest;
  const readsOf = (test: string) => tests.find(({ name }) => name === test)?.reads ?? [];
  const last = await readLastRun(workspace.paths);
  return {
    ...resultResolver(last, readsOf),
    ...stateResolvers(compiled, snapshot, workspace.project.sources),
  };
}
