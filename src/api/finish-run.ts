import { relative } from 'node:path';
import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import { systemFailure } from '../diagnostics/system-failure.js';
import type { RunResult } from '../ir/run-result.js';
import { EngineError } from '../ports/engine.js';
import { saveLastRun } from './last-run.js';
import { savePassedAudits } from './passed-audits.js';
import type { PreparedRun } from './plan.js';
import { catalogPath } from './project-paths.js';
import { publishTables } from './publish-tables.js';
import { logRun } from './run-log.js';
import { updateCatalog } from './update-catalog.js';
import type { Workspace } from './workspace.js';

/**
 * What follows a commit: what others read is brought up to date, and the results are kept, where `.etl` can be written.
 * Safe to repeat. What the machine refuses of it keeps the rest of it from nothing, and never hides that there is a
 * commit.
 */
export async function finishRun(
  workspace: Workspace,
  prepared: PreparedRun,
  result: RunResult,
  asked: { readonly operation: string; readonly fullRefresh: boolean | undefined },
): Promise<RunResult> {
  const { paths } = workspace;
  const isCutOff = result.status === 'interrupted';
  const undone = isCutOff
    ? []
    : [...(await catalogFailures(workspace)), ...(await publishFailures(workspace, prepared.runId))];
  const finished = failedWith(result, undone);
  if (paths.isReadOnly) return finished;
  const unkept = await failuresOf('What came of the run could not be kept', async () => {
    await savePassedAudits(workspace, finished);
    // One that chose nothing leaves what is left undone as it was.
    if (finished.nodes.length + finished.tests.length > 0)
      await saveLastRun(paths, { ...asked, ...finished });
    await logRun(paths, asked.operation, finished);
  });
  return failedWith(finished, unkept);
}

function failedWith(result: RunResult, failures: readonly Diagnostic[]): RunResult {
  if (failures.length === 0) return result;
  const status = result.status === 'interrupted' ? result.status : 'failed';
  return { ...result, status, diagnostics: [...result.diagnostics, ...failures] };
}

/** Why `.etl/<target>.duckdb` still shows an earlier commit. */
function catalogFailures(workspace: Workspace): Promise<readonly Diagnostic[]> {
  const { paths, project } = workspace;
  const file = relative(paths.root, catalogPath(paths, project.target.name));
  return failuresOf(`${file} could not be brought up to date with the lake, which has all of it`, () =>
    updateCatalog(workspace),
  );
}

/** Why tables that are committed could not be published. */
async function publishFailures(workspace: Workspace, runId: string): Promise<readonly Diagnostic[]> {
  try {
    return await failuresOf('Tables are committed, but could not be published', () =>
      publishTables(workspace, runId),
    );
  } catch (thrown) {
    if (!(thrown instanceof DiagnosticError)) throw thrown;
    return thrown.diagnostics;
  }
}

async function failuresOf(what: string, action: () => Promise<unknown>): Promise<readonly Diagnostic[]> {
  try {
    await action();
    return [];
  } catch (thrown) {
    const refused = systemFailure(thrown, what);
    if (refused) return [refused];
    if (!(thrown instanceof EngineError)) throw thrown;
    return [errorDiagnostic('system/refused', `${what}: ${thrown.message}`)];
  }
}
