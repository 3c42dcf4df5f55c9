import type { RunResult } from '../ir/run-result.js';
import { saveLastRun } from './last-run.js';
import { savePassedAudits } from './passed-audits.js';
import type { PreparedRun } from './plan.js';
import { publishTables } from './publish-tables.js';
import { logRun } from './run-log.js';
import { updateCatalog } from './update-catalog.js';
import type { Workspace } from './workspace.js';

/** What follows a commit: what others read is brought up to date, and the results are kept. Safe to repeat. */
export async function finishRun(
  workspace: Workspace,
  prepared: PreparedRun,
  result: RunResult,
  asked: { readonly operation: string; readonly fullRefresh: boolean | undefined },
): Promise<RunResult> {
  if (result.status !== 'interrupted') {
    await updateCatalog(workspace);
    await publishTables(workspace, prepared.runId);
  }
  await savePassedAudits(workspace, result);
  await saveLastRun(workspace.paths, { ...asked, ...result });
  await logRun(workspace.paths, asked.operation, result);
  return result;
}
