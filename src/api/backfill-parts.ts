import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import type { ManifestNode } from '../ir/manifest.js';
import type { Interval } from '../ir/table-version.js';
import { shellQuote } from '../reporters/shell-quote.js';
import { nearest } from '../util/nearest.js';
import {
  addGrains,
  countGrains,
  endOfTime,
  floorToGrain,
  parseTime,
  type TimeGrain,
  timeText,
} from '../util/time-grain.js';
import type { PreparedRun } from './plan.js';

/** Commits that a backfill makes of many intervals, roughly: what was committed is kept whatever comes. */
const mostParts = 20;

const momentForm = 'write moments as 2024-01-01 or 2024-01-01T06:00:00Z';

export interface BackfillRange {
  readonly model: string;
  readonly from: string;
  readonly to?: string | undefined;
}

export type BackfillParts = { readonly parts: readonly Interval[] } | { readonly refused: Diagnostic };

/** What each commit of a backfill covers, or why it cannot be. */
export function backfillParts(
  prepared: PreparedRun,
  range: BackfillRange,
  concurrency: number,
): BackfillParts {
  const refusal = backfillRefusal(prepared, range.model);
  if (refusal) return { refused: refusal };
  const node = prepared.compiled.manifest.nodes.get(range.model)!;
  const builtTo = prepared.snapshot.tables.get(node.name)?.ledger?.end;
  const { start, stop, problem } = momentsOf(node, range, builtTo);
  return problem ? { refused: problem } : { parts: cut(node, start, stop, concurrency) };
}

/**
 * What each commit covers of a model that reads one whose rows of `changed` were built again. Undefined where a
 * build makes all that there is to make of it.
 */
export function followingParts(
  { compiled, snapshot, plan }: PreparedRun,
  model: string,
  changed: Interval,
  concurrency: number,
): readonly Interval[] | undefined {
  const node = compiled.manifest.nodes.get(model)!;
  const { mode } = plan.nodes.find(({ name }) => name === model) ?? {};
  const builtTo = parseTime(snapshot.tables.get(model)?.ledger?.end ?? '');
  if (builtTo === undefined || mode?.kind === 'full') return undefined;
  const { interval, begin } = node.config.options;
  const first = floorToGrain(interval as TimeGrain, parseTime(begin as string)!);
  const start = Math.max(first, parseTime(changed.start)!);
  const stop = Math.min(builtTo, parseTime(changed.end)!);
  return start < stop ? cut(node, start, stop, concurrency) : undefined;
}

export function isBuiltByIntervals({ config }: ManifestNode): boolean {
  return config.options.strategy === 'time_range';
}

/** Why no stretch of this model can be built by itself; undefined when it can. */
export function backfillRefusal(
  { compiled, snapshot, plan }: PreparedRun,
  model: string,
): Diagnostic | undefined {
  const node = compiled.manifest.nodes.get(model);
  if (!node) {
    const near = nearest(model, compiled.manifest.nodes.keys());
    const hint = near === undefined ? 'etl ls shows what there is' : `did you mean "${near}"?`;
    return errorDiagnostic('compile/unknown-model', `There is no model "${model}".`, { hint });
  }
  if (!isBuiltByIntervals(node)) {
    const hint = `only models with \`strategy: time_range\` have intervals; etl build --select ${model} builds others`;
    return refused(`${model} is not built by intervals of time.`, hint);
  }
  const { mode, reason } = plan.nodes.find(({ name }) => name === model) ?? {};
  if (!snapshot.tables.has(model) || mode?.kind !== 'full') return undefined;
  const isSample = reason?.kind === 'sample-changed';
  const why = isSample
    ? `${model} and what it reads do not hold the same sample`
    : `The query of ${model} changed`;
  const hint = isSample
    ? `build all of it from all rows with \`etl build --select +${model}\``
    : `build it in full with \`etl build --select ${model}\`, or keep its rows with \`full_refresh: false\``;
  return refused(`${why}, so a part of it alone cannot be built.`, hint);
}

interface Moments {
  readonly start: number;
  readonly stop: number;
  readonly problem?: Diagnostic;
}

function momentsOf(
  { name, config, configSpans }: ManifestNode,
  { from, to }: BackfillRange,
  builtTo: string | undefined,
): Moments {
  const none = (message: string, hint: string, place = {}): Moments => ({
    start: 0,
    stop: 0,
    problem: refused(message, hint, place),
  });
  const start = parseTime(from);
  if (start === undefined) return none(`"${from}" is no moment at which a backfill can begin.`, momentForm);
  const stop = parseTime(to ?? builtTo ?? '');
  if (to !== undefined && stop === undefined) {
    return none(`"${to}" is no moment at which a backfill can end.`, momentForm);
  }
  if (stop === undefined)
    return none(`Nothing of ${name} was built yet.`, 'say with --to where the backfill ends');
  if (start >= stop) {
    return none(
      `There is no time from ${from} to ${to ?? 'the end of what was built'}.`,
      '--to is exclusive',
    );
  }
  const grain = config.options.interval as TimeGrain;
  const begin = config.options.begin as string;
  if (floorToGrain(grain, start) < floorToGrain(grain, parseTime(begin)!)) {
    const span = configSpans?.begin;
    return none(
      `${name} begins at ${begin}, which is after ${from}.`,
      `write --from ${shellQuote(begin)}, or let it begin earlier`,
      {
        ...(span && { span }),
      },
    );
  }
  return { start, stop: Math.min(stop, parseTime(endOfTime)!) };
}

function refused(message: string, hint: string, place: Pick<Diagnostic, 'span'> = {}): Diagnostic {
  return errorDiagnostic('run/no-backfill', message, { ...place, hint });
}

function cut(
  { config }: ManifestNode,
  start: number,
  stop: number,
  concurrency: number,
): readonly Interval[] {
  const grain = config.options.interval as TimeGrain;
  const batchSize = (config.options.batch_size as number | undefined) ?? 1;
  const first = floorToGrain(grain, start);
  const count = countGrains(grain, first, stop);
  const perPart = Math.max(Math.ceil(count / mostParts), batchSize > 1 ? batchSize * concurrency : 1);
  const size = Math.ceil(perPart / batchSize) * batchSize;
  const at = (grains: number) => timeText(addGrains(grain, first, Math.min(grains, count)));
  const parts = Array.from({ length: Math.ceil(count / size) }, (_, i) => i * size);
  return parts.map((from) => ({ start: at(from), end: at(from + size) }));
}
