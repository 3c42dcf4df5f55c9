import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { errorDiagnostic, hasErrors } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { RunResult } from '../ir/run-result.js';
import { writePins } from '../pins/pin-store.js';
import { unlessInterrupted } from '../ports/interruption.js';
import { type CommitAudit, executePlan } from './execute-plan.js';
import { finishRun } from './finish-run.js';
import { newId } from './new-id.js';
import type { RunOptions } from './options.js';
import { type PlanScope, prepareRun } from './plan.js';
import { readOnlyErrors } from './read-only.js';
import { warmTypes } from './warm-types.js';
import { openWorkspace, type Workspace } from './workspace.js';

/** Lands, builds, tests and commits what changed. Never throws for the person's mistakes: they are in the result. */
export function build(options: RunOptions): Promise<RunResult> {
  return runCommand('build', options, {});
}

/** Lands source tables that changed. */
export function land(options: RunOptions): Promise<RunResult> {
  return runCommand('land', options, { kinds: ['source'] });
}

/** Runs data tests on what the lake holds, whether they passed before or not. */
export function test(options: RunOptions): Promise<RunResult> {
  return runCommand('test', options, { kinds: [], repeatTests: true });
}

async function runCommand(operation: string, options: RunOptions, scope: PlanScope): Promise<RunResult> {
  const started = performance.now();
  const opened = await openWorkspace(options);
  if (!opened.value) return report(options, refused(opened.diagnostics, options.target ?? '', started));
  const workspace = opened.value;
  try {
    return await runWorkspace(workspace, operation, options, opened.diagnostics, scope);
  } finally {
    await workspace.close();
  }
}

/** Plans and runs in a workspace that stays open: what `build` and `watch` share. */
export async function runWorkspace(
  workspace: Workspace,
  operation: string,
  options: RunOptions,
  earlier: readonly Diagnostic[],
  scope: PlanScope = {},
): Promise<RunResult> {
  const started = performance.now();
  if (scope.kinds === undefined) await warmTypes(workspace);
  const target = workspace.project.target.name;
  const prepared = await unlessInterrupted(prepareRun(workspace, options, earlier, scope), options.signal);
  if (!prepared) return report(options, notBegun('interrupted', [], target, started));
  if (!prepared.value) return report(options, refused(prepared.diagnostics, target, started));
  const readOnly = await readOnlyErrors(workspace, prepared.value.plan, operation !== 'watch');
  if (readOnly.length > 0)
    return report(options, refused([...prepared.diagnostics, ...readOnly], target, started));
  if (prepared.diagnostics.length > 0)
    options.onEvent?.({ kind: 'diagnostics', diagnostics: prepared.diagnostics });
  const { plan, pinUpdates } = prepared.value;
  let pinsToWrite = operation === 'watch' ? [] : pinUpdates;
  // A change that did not pass must not become a promise, nor half a thought while somebody types.
  const promise = async (isSound: (table: string) => boolean) => {
    const sound = pinsToWrite.filter(({ table }) => isSound(table));
    if (sound.length === 0) return;
    await writePins(workspace.paths.root, sound);
    pinsToWrite = pinsToWrite.filter((update) => !sound.includes(update));
    const written = new Set(sound.map(({ table }) => table));
    const pins = (plan.pins ?? []).filter(({ table }) => written.has(table));
    options.onEvent?.({ kind: 'pins-changed', pins });
  };
  // TypeScript is at work while sources land and models run; only the commit waits for what it says.
  const types = scope.kinds === undefined ? prepared.value.compiled.checkTypes([]) : Promise.resolve([]);
  types.catch(() => {});
  const audit: CommitAudit = async (changes) => {
    const found = await types;
    if (hasErrors(found)) throw new DiagnosticError(found);
    await promise((table) => changes.has(table));
  };
  const executed = await executePlan(workspace, operation, prepared.value, options, audit);
  // Who interrupts a run does not wait for TypeScript.
  const ran = executed.status === 'interrupted' ? executed : withTypeErrors(executed, await types);
  if (ran.status === 'success') await promise(() => true);
  const finished = { ...ran, durationMs: performance.now() - started };
  const result = await finishRun(workspace, prepared.value, finished, {
    operation,
    fullRefresh: options.fullRefresh,
  });
  return report(options, { ...result, diagnostics: [...prepared.diagnostics, ...result.diagnostics] }, true);
}

/** A run that had nothing to commit never asked for them. */
function withTypeErrors(result: RunResult, typeErrors: readonly Diagnostic[]): RunResult {
  const unsaid = typeErrors.filter((error) => !result.diagnostics.includes(error));
  return unsaid.length === 0
    ? result
    : {
        ...result,
        status: result.status === 'success' ? 'failed' : result.status,
        diagnostics: [...result.diagnostics, ...unsaid],
      };
}

function refused(diagnostics: readonly Diagnostic[], target: string, started: number): RunResult {
  const why =
    diagnostics.length > 0 ? diagnostics : [errorDiagnostic('internal/bug', 'The run did not begin.')];
  return notBegun('failed', why, target, started);
}

function notBegun(
  status: RunResult['status'],
  diagnostics: readonly Diagnostic[],
  target: string,
  started: number,
): RunResult {
  const now = new Date();
  return {
    runId: newId(now),
    target,
    status,
    startedAt: now.toISOString(),
    durationMs: performance.now() - started,
    nodes: [],
    tests: [],
    diagnostics,
  };
}

function report(options: RunOptions, result: RunResult, reported = false): RunResult {
  if (!reported) options.onEvent?.({ kind: 'diagnostics', diagnostics: result.diagnostics });
  options.onEvent?.({ kind: 'run-finished', result });
  return result;
}
