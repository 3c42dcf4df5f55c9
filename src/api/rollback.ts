import { type Rollback, rollback as rollbackLake } from '../lake/rollback.js';
import { newId } from './new-id.js';
import type { ProjectOptions } from './options.js';
import { publishTables } from './publish-tables.js';
import { refuseReadOnlyLake } from './read-only.js';
import { updateCatalog } from './update-catalog.js';
import { withWorkspace } from './with-workspace.js';

export interface RollbackOptions extends ProjectOptions {
  /** The commit whose state is wanted. */
  readonly to: number;
  /** Default: all tables. */
  readonly tables?: readonly string[];
}

/** Makes tables what they were after a commit, and published folders with them. Throws `DiagnosticError`. */
export function rollback(options: RollbackOptions): Promise<Rollback> {
  return withWorkspace(options, async (workspace) => {
    await refuseReadOnlyLake(workspace);
    const now = () => new Date();
    const runId = newId(now());
    const { to, tables } = options;
    const done = await rollbackLake(await workspace.lake(), { to, runId, now, ...(tables && { tables }) });
    if (done.commit === undefined) return done;
    await updateCatalog(workspace);
    await publishTables(workspace, runId);
    return done;
  });
}
