import { setTimeout as sleep } from 'node:timers/promises';
import { type Diagnostic, hasErrors } from '../diagnostics/diagnostic.js';
import type { RunResult } from '../ir/run-result.js';
import { unlessInterrupted } from '../ports/interruption.js';
import { backfillRefusal } from './backfill-parts.js';
import { type BackfillSteps, backfillSteps, readersLeft } from './backfill-steps.js';
import { runWorkspace } from './build.js';
import { JoinedEvents, joinResults, type Totals } from './joined-runs.js';
import { type BackfillStep, saveLastRun, type UnfinishedBackfill } from './last-run.js';
import { newId } from './new-id.js';
import type { RunOptions } from './options.js';
import { type PreparedRun, prepareRun } from './plan.js';
import { openWorkspace, type Workspace } from './workspace.js';

export interface BackfillOptions extends Omit<RunOptions, 'select' | 'exclude'> {
  /** A model with `strategy: time_range`, or a selector of several, such as `events+`. */
  readonly model: string;
  /** The first moment to build; the interval that it lies in is built as a whole. */
  readonly from: string;
  /** The moment to build up to, exclusive. Default: the end of what was built. */
  readonly to?: string | undefined;
  /** Also intervals that were built from the same inputs already. */
  readonly again?: boolean | undefined;
}

/** How often a part is tried again because another run committed the same table first. */
const mostConflicts = 50;

/**
 * Builds the intervals of models in a stretch of time, and none of what they read. It commits part by part, and
 * what is there from the same inputs is not built again: cut off and started anew, it goes on where it was.
 */
export function backfill(options: BackfillOptions): Promise<RunResult> {
  const { model, again = false } = options;
  return runSteps(
    options,
    { select: [model], again },
    (prepared, { concurrency }) => backfillSteps(prepared, options, concurrency),
    (prepared, steps) => readersLeft(prepared, steps, options),
  );
}

/** Builds what a backfill left undone. */
export function resumeBackfill(
  options: Omit<RunOptions, 'select' | 'exclude'>,
  { again, steps }: UnfinishedBackfill,
): Promise<RunResult> {
  const select = [...new Set(steps.flatMap(({ models }) => models))];
  return runSteps(options, { select, again }, (prepared) => {
    const timed = steps.flatMap(({ models, interval }) => (interval ? models : []));
    const refused = timed.map((model) => backfillRefusal(prepared, model)).find(Boolean);
    return refused ? { refused } : { steps };
  });
}

interface Asked {
  readonly select: readonly string[];
  readonly again: boolean;
}

async function runSteps(
  options: Omit<RunOptions, 'select' | 'exclude'>,
  { select, again }: Asked,
  stepsOf: (prepared: PreparedRun, workspace: Workspace) => BackfillSteps,
  remarks: (prepared: PreparedRun, steps: readonly BackfillStep[]) => readonly Diagnostic[] = () => [],
): Promise<RunResult> {
  const started = performance.now();
  const startedAt = new Date();
  const run: RunOptions = { ...options, select };
  const opened = await openWorkspace(run);
  const workspace = opened.value;
  const finish = (results: readonly RunResult[], diagnostics: readonly Diagnostic[]): RunResult => ({
    ...joinResults(results, diagnostics),
    runId: results.at(-1)?.runId ?? newId(startedAt),
    target: workspace?.project.target.name ?? '',
    startedAt: startedAt.toISOString(),
    durationMs: performance.now() - started,
  });
  const report = (result: RunResult): RunResult => {
    const { diagnostics } = result;
    if (diagnostics.length > 0) options.onEvent?.({ kind: 'diagnostics', diagnostics });
    options.onEvent?.({ kind: 'run-finished', result });
    return result;
  };
  const refuse = (diagnostics: readonly Diagnostic[]) => report(finish([], diagnostics));
  if (!workspace) return refuse(opened.diagnostics);
  try {
    const planned = await unlessInterrupted(plannedSteps(workspace, run, stepsOf), run.signal);
    if (!planned) return report({ ...finish([], []), status: 'interrupted' });
    const { value, diagnostics } = planned;
    if (!value) return refuse([...opened.diagnostics, ...diagnostics]);
    const { prepared, steps } = value;
    const events = new JoinedEvents(options.onEvent, totalsOf(prepared, steps));
    const results: RunResult[] = [];
    const left = [...steps];
    for (const step of steps) {
      // What reads a table waits until all of it is there.
      if (!sameModels(step, left[0]!)) break;
      const result = await runStep(workspace, { ...run, onEvent: events.emit }, step, again);
      results.push(result);
      if (result.status === 'success') left.splice(left.indexOf(step), 1);
      const backfill: UnfinishedBackfill = { again, steps: left };
      await saveLastRun(workspace.paths, { operation: 'backfill', backfill, ...finish(results, []) });
      const isOver = result.status === 'failed' && (options.failFast || result.nodes.length === 0);
      if (result.status === 'interrupted' || isOver) break;
    }
    const result = finish(results, []);
    const found = result.commit === undefined ? [] : remarks(prepared, steps);
    if (found.length > 0) events.emit({ kind: 'diagnostics', diagnostics: found });
    const complete = { ...result, diagnostics: [...result.diagnostics, ...found] };
    events.finish(complete);
    return complete;
  } finally {
    await workspace.close();
  }
}

function sameModels(a: BackfillStep, b: BackfillStep): boolean {
  return a.models.join('\n') === b.models.join('\n');
}

/** What all steps are about, where they are about more than the first. */
function totalsOf({ plan }: PreparedRun, steps: readonly BackfillStep[]): Totals | undefined {
  if (steps.every((step) => sameModels(step, steps[0]!))) return undefined;
  const models = new Set(steps.flatMap(({ models }) => models));
  return { nodeCount: models.size, testCount: plan.tests.length };
}

async function runStep(
  workspace: Workspace,
  options: RunOptions,
  { models, interval }: BackfillStep,
  again: boolean,
): Promise<RunResult> {
  const run = { ...options, select: models };
  const backfill = interval && new Map(models.map((model) => [model, { ...interval, again }]));
  for (let conflicts = 0; ; conflicts++) {
    const result = await runWorkspace(workspace, 'backfill', run, [], backfill && { backfill });
    const lost = result.diagnostics.some(({ code }) => code === 'lake/conflict');
    if (!lost || conflicts === mostConflicts || run.signal?.aborted) return result;
    await sleep(Math.random() * Math.min(50 * 2 ** conflicts, 2000));
  }
}

interface Planned {
  readonly prepared: PreparedRun;
  readonly steps: readonly BackfillStep[];
}

/** What each commit covers, or why there is nothing to do: no step begins when TypeScript finds errors. */
async function plannedSteps(
  workspace: Workspace,
  run: RunOptions,
  stepsOf: (prepared: PreparedRun, workspace: Workspace) => BackfillSteps,
): Promise<{ readonly value?: Planned; readonly diagnostics: readonly Diagnostic[] }> {
  const { value: prepared, diagnostics } = await prepareRun(workspace, run, []);
  if (!prepared) return { diagnostics };
  const failures = prepared.plan.nodes.flatMap(({ failure = [] }) => failure);
  if (failures.length > 0) return { diagnostics: failures };
  const planned = stepsOf(prepared, workspace);
  if ('refused' in planned) return { diagnostics: [planned.refused] };
  const found = await prepared.compiled.checkTypes([]);
  if (hasErrors(found)) return { diagnostics: found };
  return { value: { prepared, steps: planned.steps }, diagnostics: [] };
}
