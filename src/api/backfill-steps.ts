import { type Diagnostic, errorDiagnostic, warningDiagnostic } from '../diagnostics/diagnostic.js';
import { followsInputs, hasEventTime } from '../ir/follows-inputs.js';
import type { ManifestNode } from '../ir/manifest.js';
import type { Interval } from '../ir/table-version.js';
import { shellQuote } from '../reporters/shell-quote.js';
import {
  type BackfillRange,
  backfillParts,
  backfillRefusal,
  followingParts,
  isBuiltByIntervals,
} from './backfill-parts.js';
import type { BackfillStep } from './last-run.js';
import type { PreparedRun } from './plan.js';

export type BackfillSteps = { readonly steps: readonly BackfillStep[] } | { readonly refused: Diagnostic };

/**
 * The steps of a backfill of all models that are selected. Those that read others of them follow these, over every
 * interval in which rows that they read may be others; what is not built by intervals is built in between.
 */
export function backfillSteps(
  prepared: PreparedRun,
  range: BackfillRange,
  concurrency: number,
): BackfillSteps {
  const models = selectedModels(prepared);
  if (!models.some(isBuiltByIntervals)) return { refused: noneByIntervals(prepared, models, range.model) };
  const steps: BackfillStep[] = [];
  const changed = new Map<string, Interval>();
  for (const node of models) {
    const { name, config } = node;
    const above = spanOf(node.inputs.flatMap((input) => changed.get(input) ?? []));
    if (above) changed.set(name, above);
    if (config.materialized === 'ephemeral') continue;
    const planned = !isBuiltByIntervals(node)
      ? undefined
      : above
        ? followingParts(prepared, name, above, concurrency)
        : backfillParts(prepared, { ...range, model: name }, concurrency);
    if (planned && 'refused' in planned) return planned;
    const parts = planned && ('parts' in planned ? planned.parts : planned);
    if (!parts) addBuild(steps, name);
    else {
      steps.push(...parts.map((interval) => ({ models: [name], interval })));
      changed.set(name, spanOf([...parts, ...(above ? [above] : [])])!);
    }
  }
  return { steps };
}

/** Models that read what was built again by intervals, and of which a build makes only the last ones. */
export function readersLeft(
  prepared: PreparedRun,
  steps: readonly BackfillStep[],
  { model, from }: BackfillRange,
): readonly Diagnostic[] {
  const { compiled, snapshot } = prepared;
  const done = new Set(steps.flatMap(({ models }) => models));
  const changed = new Set(steps.flatMap(({ models, interval }) => (interval ? models : [])));
  const left: string[] = [];
  for (const node of compiled.manifest.nodes.values()) {
    const read = node.inputs.filter((input) => changed.has(input));
    if (read.length === 0) continue;
    changed.add(node.name);
    const isLeft = isBuiltByIntervals(node) && !done.has(node.name) && snapshot.tables.has(node.name);
    if (isLeft && !followsItself(node, read, prepared)) left.push(node.name);
  }
  if (left.length === 0) return [];
  const [reads, has] = left.length === 1 ? ['reads', 'it has'] : ['read', 'they have'];
  const message = `${left.join(', ')} ${reads} ${model}; a build makes only the last of the intervals that ${has}.`;
  const selector = `${model.replace(/\+\d*$/, '')}+`;
  const hint = `build the others too with \`etl backfill ${shellQuote(selector)} --from ${shellQuote(from)}\``;
  return [warningDiagnostic('run/readers-behind', message, { hint })];
}

/** Whether the next build makes the intervals again of which it read other rows. */
function followsItself(
  { config }: ManifestNode,
  read: readonly string[],
  { compiled }: PreparedRun,
): boolean {
  const { nodes } = compiled.manifest;
  return followsInputs(config) && read.every((name) => hasEventTime(nodes.get(name)));
}

function noneByIntervals(
  prepared: PreparedRun,
  models: readonly ManifestNode[],
  selector: string,
): Diagnostic {
  if (models.length === 0 && !/^\w+$/.test(selector)) {
    const hint = 'etl ls --select … shows what a selector chooses';
    return errorDiagnostic('run/no-backfill', `"${selector}" chooses no model.`, { hint });
  }
  if (models.length <= 1) return backfillRefusal(prepared, models[0]?.name ?? selector)!;
  const message = `None of what "${selector}" chooses is built by intervals of time.`;
  return errorDiagnostic('run/no-backfill', message, {
    hint: 'choose a model with `strategy: time_range`, such as events+ with all that reads it',
  });
}

function selectedModels({ compiled, selected }: PreparedRun): readonly ManifestNode[] {
  return [...compiled.manifest.nodes.values()].filter(
    ({ name, kind }) => kind === 'model' && selected.has(name),
  );
}

/** What lies between the first and the last moment; undefined of nothing. */
function spanOf(intervals: readonly Interval[]): Interval | undefined {
  if (intervals.length === 0) return undefined;
  const starts = intervals.map(({ start }) => start).sort();
  const ends = intervals.map(({ end }) => end).sort();
  return { start: starts[0]!, end: ends.at(-1)! };
}

/** Models that are built one after the other are committed together. */
function addBuild(steps: BackfillStep[], model: string): void {
  const last = steps.at(-1);
  if (last && !last.interval) steps[steps.length - 1] = { models: [...last.models, model] };
  else steps.push({ models: [model] });
}
