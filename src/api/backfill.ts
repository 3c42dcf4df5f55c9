import { setTimeout as sleep } from 'node:timers/promises';
import { type Diagnostic, hasErrors } from '../diagnostics/diagnostic.js';
import type { RequestedIntervals } from '../ir/run-plan.js';
import type { RunResult } from '../ir/run-result.js';
import type { Interval } from '../ir/table-version.js';
import { unlessInterrupted } from '../ports/interruption.js';
import { type BackfillParts, backfillParts, backfillRefusal } from './backfill-parts.js';
import { runWorkspace } from './build.js';
import { JoinedEvents, joinResults } from './joined-runs.js';
import { saveLastRun, type UnfinishedBackfill } from './last-run.js';
import { newId } from './new-id.js';
import type { RunOptions } from './options.js';
import { type PreparedRun, prepareRun } from './plan.js';
import { openWorkspace, type Workspace } from './workspace.js';

export interface BackfillOptions extends Omit<RunOptions, 'select' | 'exclude'> {
  /** A model with `strategy: time_range`. */
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
 * Builds the intervals of a model in a stretch of time, and none of what it reads. It commits part by part, and
 * what is there from the same inputs is not built again: cut off and started anew, it goes on where it was.
 */
export function backfill(options: BackfillOptions): Promise<RunResult> {
  return runParts(options, options, (prepared, { concurrency }) =>
    backfillParts(prepared, options, concurrency),
  );
}

/** Builds what a backfill left undone. */
export function resumeBackfill(
  options: Omit<RunOptions, 'select' | 'exclude'>,
  left: UnfinishedBackfill,
): Promise<RunResult> {
  return runParts(options, left, (prepared) => {
    const refused = backfillRefusal(prepared, left.model);
    return refused ? { refused } : { parts: left.intervals };
  });
}

type Asked = Pick<BackfillOptions, 'model' | 'again'>;

async function runParts(
  options: Omit<RunOptions, 'select' | 'exclude'>,
  { model, again = false }: Asked,
  partsOf: (prepared: PreparedRun, workspace: Workspace) => BackfillParts,
): Promise<RunResult> {
  const started = performance.now();
  const startedAt = new Date();
  const run: RunOptions = { ...options, select: [model] };
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
    const planned = await unlessInterrupted(plannedParts(workspace, run, partsOf), run.signal);
    if (!planned) return report({ ...finish([], []), status: 'interrupted' });
    const { value: parts, diagnostics } = planned;
    if (!parts) return refuse([...opened.diagnostics, ...diagnostics]);
    const events = new JoinedEvents(options.onEvent);
    const results: RunResult[] = [];
    const left = [...parts];
    for (const interval of parts) {
      const scope = new Map([[model, { ...interval, again }]]);
      const result = await runPart(workspace, { ...run, onEvent: events.emit }, scope);
      results.push(result);
      if (result.status === 'success') left.splice(left.indexOf(interval), 1);
      const backfill: UnfinishedBackfill = { model, again, intervals: left };
      await saveLastRun(workspace.paths, { operation: 'backfill', backfill, ...finish(results, []) });
      const isOver = result.status === 'failed' && (options.failFast || result.nodes.length === 0);
      if (result.status === 'interrupted' || isOver) break;
    }
    const result = finish(results, []);
    events.finish(result);
    return result;
  } finally {
    await workspace.close();
  }
}

async function runPart(
  workspace: Workspace,
  run: RunOptions,
  backfill: ReadonlyMap<string, RequestedIntervals>,
): Promise<RunResult> {
  for (let conflicts = 0; ; conflicts++) {
    const result = await runWorkspace(workspace, 'backfill', run, [], { backfill });
    const lost = result.diagnostics.some(({ code }) => code === 'lake/conflict');
    if (!lost || conflicts === mostConflicts || run.signal?.aborted) return result;
    await sleep(Math.random() * Math.min(50 * 2 ** conflicts, 2000));
  }
}

/** What each commit covers, or why there is nothing to do: no part begins when TypeScript finds errors. */
async function plannedParts(
  workspace: Workspace,
  run: RunOptions,
  partsOf: (prepared: PreparedRun, workspace: Workspace) => BackfillParts,
): Promise<{ readonly value?: readonly Interval[]; readonly diagnostics: readonly Diagnostic[] }> {
  const { value: prepared, diagnostics } = await prepareRun(workspace, run, []);
  if (!prepared) return { diagnostics };
  const failures = prepared.plan.nodes.flatMap(({ failure = [] }) => failure);
  if (failures.length > 0) return { diagnostics: failures };
  const planned = partsOf(prepared, workspace);
  if ('refused' in planned) return { diagnostics: [planned.refused] };
  const found = await prepared.compiled.checkTypes([]);
  return hasErrors(found) ? { diagnostics: found } : { value: planned.parts, diagnostics: [] };
}
