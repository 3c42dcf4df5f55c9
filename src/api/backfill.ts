import { setTimeout as sleep } from 'node:timers/promises';
import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import type { RunEvent } from '../ir/run-event.js';
import type { RunResult } from '../ir/run-result.js';
import type { Interval } from '../ir/table-version.js';
import { addGrains, floorToGrain, parseTime, type TimeGrain, timeText } from '../util/time-grain.js';
import { runWorkspace } from './build.js';
import { newId } from './new-id.js';
import type { RunOptions } from './options.js';
import { prepareRun } from './plan.js';
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

/** Commits that a backfill makes of many intervals, roughly: what was committed is kept whatever comes. */
const parts = 20;
/** How often a part is tried again because another run committed the same table first. */
const mostConflicts = 50;

/**
 * Builds the intervals of a model in a stretch of time, and none of what it reads. It commits part by part, and
 * what is there from the same inputs is not built again: cut off and started anew, it goes on where it was.
 */
export async function backfill(options: BackfillOptions): Promise<RunResult> {
  const started = performance.now();
  const startedAt = new Date();
  const run: RunOptions = { ...options, select: [options.model] };
  const opened = await openWorkspace(run);
  const finish = (results: readonly RunResult[], diagnostics: readonly Diagnostic[]): RunResult => {
    const result: RunResult = {
      ...summary(results, diagnostics),
      runId: results.at(-1)?.runId ?? newId(startedAt),
      target: opened.value?.project.target.name ?? '',
      startedAt: startedAt.toISOString(),
      durationMs: performance.now() - started,
    };
    if (results.length === 0) options.onEvent?.({ kind: 'diagnostics', diagnostics });
    options.onEvent?.({ kind: 'run-finished', result });
    return result;
  };
  const workspace = opened.value;
  if (!workspace) return finish([], opened.diagnostics);
  try {
    const { value: intervals, diagnostics } = await plannedParts(workspace, options, run);
    if (!intervals) return finish([], [...opened.diagnostics, ...diagnostics]);
    const results: RunResult[] = [];
    const onEvent = oneRun(options.onEvent);
    for (const interval of intervals) {
      const result = await runPart(workspace, { ...run, onEvent }, options, interval);
      results.push(result);
      const isOver = result.status === 'failed' && (options.failFast || result.nodes.length === 0);
      if (result.status === 'interrupted' || isOver) break;
    }
    return finish(results, []);
  } finally {
    await workspace.close();
  }
}

async function runPart(
  workspace: Workspace,
  run: RunOptions,
  { model, again = false }: BackfillOptions,
  interval: Interval,
): Promise<RunResult> {
  for (let conflicts = 0; ; conflicts++) {
    const scope = { backfill: new Map([[model, { ...interval, again }]]) };
    const result = await runWorkspace(workspace, 'backfill', run, [], scope);
    const lost = result.diagnostics.some(({ code }) => code === 'lake/conflict');
    if (!lost || conflicts === mostConflicts || run.signal?.aborted) return result;
    await sleep(Math.random() * Math.min(50 * 2 ** conflicts, 2000));
  }
}

/** What each commit covers, or why there is nothing to do. */
async function plannedParts(
  workspace: Workspace,
  { model, from, to }: BackfillOptions,
  run: RunOptions,
): Promise<{ readonly value?: readonly Interval[]; readonly diagnostics: readonly Diagnostic[] }> {
  const { value: prepared, diagnostics } = await prepareRun(workspace, run, []);
  if (!prepared) return { diagnostics };
  const node = prepared.compiled.manifest.nodes.get(model);
  const refuse = (message: string, hint: string) => ({
    diagnostics: [errorDiagnostic('run/no-backfill', message, { hint })],
  });
  if (node?.config.options.strategy !== 'time_range') {
    const hint = `only models with \`strategy: time_range\` have intervals; etl build --select ${model} builds others`;
    return refuse(`${model} is not built by intervals of time.`, hint);
  }
  const current = prepared.snapshot.tables.get(model);
  const { mode, reason } = prepared.plan.nodes.find(({ name }) => name === model) ?? {};
  if (current && mode?.kind === 'full') {
    const isSample = reason?.kind === 'sample-changed';
    const hint = isSample
      ? `build all of it from all rows with \`etl build --select +${model}\``
      : `build it in full with \`etl build --select ${model}\`, or keep its rows with \`full_refresh: false\``;
    const why = isSample
      ? `${model} and what it reads do not hold the same sample`
      : `The query of ${model} changed`;
    return refuse(`${why}, so a part of it alone cannot be built.`, hint);
  }
  const grain = node.config.options.interval as TimeGrain;
  const start = parseTime(from);
  const stop = parseTime(to ?? current?.ledger?.end ?? '');
  if (start === undefined || stop === undefined || start >= stop) {
    const message = `There is no time from ${from} to ${to ?? 'the end of what was built'}.`;
    return refuse(message, 'write moments as 2024-01-01 or 2024-01-01T06:00:00Z; --to is exclusive');
  }
  const batchSize = (node.config.options.batch_size as number | undefined) ?? 1;
  return { value: cut(grain, start, stop, batchSize, workspace.concurrency), diagnostics: [] };
}

function cut(
  grain: TimeGrain,
  start: number,
  stop: number,
  batchSize: number,
  concurrency: number,
): readonly Interval[] {
  const bounds: number[] = [];
  for (let at = floorToGrain(grain, start); at < stop; at = addGrains(grain, at, 1)) bounds.push(at);
  const end = addGrains(grain, bounds.at(-1)!, 1);
  const perPart = Math.max(Math.ceil(bounds.length / parts), batchSize > 1 ? batchSize * concurrency : 1);
  const size = Math.ceil(perPart / batchSize) * batchSize;
  const intervals: Interval[] = [];
  for (let i = 0; i < bounds.length; i += size) {
    intervals.push({ start: timeText(bounds[i]!), end: timeText(bounds[i + size] ?? end) });
  }
  return intervals;
}

/** The events of several runs as those of one. */
function oneRun(onEvent: RunOptions['onEvent']): (event: RunEvent) => void {
  let begun = false;
  return (event) => {
    if (event.kind === 'run-finished' || (event.kind === 'run-started' && begun)) return;
    begun ||= event.kind === 'run-started';
    onEvent?.(event);
  };
}

function summary(
  results: readonly RunResult[],
  diagnostics: readonly Diagnostic[],
): Pick<RunResult, 'status' | 'nodes' | 'tests' | 'diagnostics'> & Partial<Pick<RunResult, 'commit'>> {
  const statuses = new Set(results.map(({ status }) => status));
  const commit = results.findLast((result) => result.commit !== undefined)?.commit;
  return {
    status: statuses.has('interrupted')
      ? 'interrupted'
      : statuses.has('failed') || results.length === 0
        ? 'failed'
        : 'success',
    ...(commit !== undefined && { commit }),
    nodes: results.flatMap((result) => result.nodes),
    tests: results.flatMap((result) => result.tests),
    diagnostics: [...diagnostics, ...results.flatMap((result) => result.diagnostics)],
  };
}
