import { lakeHistory } from '../lake/history.js';
import type { ProjectOptions } from './options.js';
import { type LoggedRun, readRunLog } from './run-log.js';
import { withWorkspace } from './with-workspace.js';

export interface RunsOptions extends ProjectOptions {
  /** Runs at most. */
  readonly limit: number;
}

/**
 * The last runs, newest first: those of this machine, failed ones too, and those that committed to the target's lake
 * from elsewhere. Throws `DiagnosticError`.
 */
export function runs(options: RunsOptions): Promise<readonly LoggedRun[]> {
  return withWorkspace(options, async (workspace) => {
    const { paths, project } = workspace;
    const here = await readRunLog(paths);
    const known = new Set(here.map((run) => run.runId));
    const commits = await lakeHistory(await workspace.lake(), options.limit);
    const elsewhere = commits
      .filter((commit) => !known.has(commit.runId))
      .map(({ runId, operation, createdAt, commit, changedTables }): LoggedRun => {
        return {
          runId,
          operation,
          target: project.target.name,
          startedAt: createdAt,
          commit,
          madeCount: changedTables.length,
        };
      });
    return [...here, ...elsewhere]
      .filter((run) => options.target === undefined || run.target === options.target)
      .sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1))
      .slice(0, options.limit);
  });
}
