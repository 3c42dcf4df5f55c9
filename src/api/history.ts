import { errorDiagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import { type LakeCommit, lakeHistory, type TableChange, tableHistory } from '../lake/history.js';
import { nearest } from '../util/nearest.js';
import type { ProjectOptions } from './options.js';
import { withWorkspace } from './with-workspace.js';

export interface HistoryOptions extends ProjectOptions {
  /** Commits at most, newest first. */
  readonly limit: number;
}

/** The last commits of the lake. Throws `DiagnosticError`. */
export function commits(options: HistoryOptions): Promise<readonly LakeCommit[]> {
  return withWorkspace(options, async (workspace) => lakeHistory(await workspace.lake(), options.limit));
}

/** The last commits that changed a table. Throws `DiagnosticError`, `lake/no-table` where none did. */
export function history(
  options: HistoryOptions & { readonly table: string },
): Promise<readonly TableChange[]> {
  return withWorkspace(options, async (workspace) => {
    const lake = await workspace.lake();
    const { table, limit } = options;
    const changes = await tableHistory(lake, table, limit);
    if (changes.length > 0) return changes;
    const near = nearest(table, (await lake.snapshot()).tables.keys());
    const message = `The lake has no table ${table}, and never had.`;
    const hint = near && { hint: `did you mean "${near}"?` };
    throw new DiagnosticError([errorDiagnostic('lake/no-table', message, hint || {})]);
  });
}
