import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
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
  const isCutOff = result.status === 'interrupted';
  if (!isCutOff) await updateCatalog(workspace);
  const unpublished = isCutOff ? [] : await publishFailures(workspace, prepared.runId);
  const finished: RunResult =
    unpublished.length === 0
      ? result
      : { ...result, status: 'failed', diagnostics: [...result.diagnostics, ...unpublished] };
  await savePassedAudits(workspace, finished);
  await saveLastRun(workspace.paths, { ...asked, ...finished });
  await logRun(workspace.paths, asked.operation, finished);
  return finished;
}

/** Why tables that are committed could not be published. */
async function publishFailures(workspace: Workspace, runId: string): Promise<readonly Diagnostic[]> {
  try {
    await publishTables(workspace, runId);
    return [];
  } catch (thrown) {
    if (!(thrown instanceof DiagnosticError)) throw thrown;
    return thrown.diagnostics;
  }
}
