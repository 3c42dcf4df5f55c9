import { declaredRenames } from '../ir/declared-renames.js';
import { followsInputs } from '../ir/follows-inputs.js';
import type { ManifestNode } from '../ir/manifest.js';
import type { NodeConfig } from '../ir/project.js';
import { isProtected } from '../ir/protection.js';
import type { BuildMode, Reason, RequestedIntervals } from '../ir/run-plan.js';
import type { Interval, TableVersion } from '../ir/table-version.js';
import { sameColumns } from '../schema/same-columns.js';
import { hash } from '../util/hash.js';
import { own } from '../util/own.js';
import { columnNotes, compareColumns } from './column-changes.js';
import { isPending, missingIntervals } from './plan-intervals.js';
import type { ResolvedNode } from './resolve-ephemerals.js';
import type { SampleOf } from './samples.js';

/** What asks for more than what changed. */
export interface HistoryRequest {
  readonly fullRefresh: boolean;
  /** Stretches of time to build again, by model. */
  readonly backfill?: ReadonlyMap<string, RequestedIntervals> | undefined;
  readonly sampleOf: SampleOf;
}

/** Why a table that keeps what earlier runs built is built, and how; no mode when it is taken as it is. */
export interface HistoryDecision {
  readonly reason: Reason;
  readonly mode?: BuildMode;
}

/** True for tables whose rows depend on earlier runs, not on their inputs alone. */
export function keepsHistory({ materialized }: NodeConfig): boolean {
  return materialized === 'incremental' || materialized === 'snapshot';
}

/** Decides how such a table goes on. The mode is all that says whether a run builds it. */
export function decideHistory(
  node: ManifestNode,
  current: TableVersion | undefined,
  resolved: ResolvedNode,
  inputKeys: Readonly<Record<string, string>>,
  { fullRefresh, backfill, sampleOf }: HistoryRequest,
): HistoryDecision {
  const inputsKey = hash('inputs', resolved.logic, ...Object.entries(inputKeys).flat());
  const requested = backfill?.get(node.name);
  const all = intervalsOf(node, current);
  const full: BuildMode = {
    kind: 'full',
    inputsKey,
    ...(requested && { requested }),
    ...(all && { missing: [all] }),
  };
  if (!current || current.kind === 'view' || lacksValidity(node, current)) {
    return { reason: { kind: 'new' }, mode: full };
  }
  const otherSample = sampleChange(current.provenance.sample, sampleOf(node.name));
  if (otherSample) return { reason: otherSample, mode: full };
  const isKept = isProtected(node.config);
  if (fullRefresh && !isKept) return { reason: { kind: 'full-refresh' }, mode: full };

  const isOtherLogic = current.provenance.logic !== resolved.logic;
  if (isOtherLogic && !isKept) return { reason: { kind: 'logic-changed' }, mode: full };

  const missing = missingOf(node, current, inputsKey);
  const hasOthers = !sameColumns(node.schema, current.schema);
  const adds: BuildMode = {
    kind: 'incremental',
    inputsKey,
    ...(hasOthers && { columns: columnChanges(node, current) }),
    ...(isOtherLogic && { forwardOnly: true }),
    ...(missing.length > 0 && { missing }),
    ...(followsInputs(node.config) && { followsInputs: true }),
  };
  if (requested && (!current.ledger || isPending(current.ledger, requested, inputsKey))) {
    return { reason: { kind: 'backfill', interval: requested }, mode: { ...adds, requested } };
  }
  if (requested) return { reason: { kind: 'unchanged' } };
  if (isOtherLogic) return { reason: { kind: 'logic-changed' }, mode: adds };
  const before = current.provenance.inputs;
  const inputs = Object.keys(inputKeys).filter((input) => own(inputKeys, input) !== own(before, input));
  if (hasOthers) {
    // What was appended from these inputs is there.
    const isThere = inputs.length === 0 && resolved.unrepeatableBecause === undefined;
    const carriesOnly = isThere && node.config.options.strategy === 'append';
    return { reason: { kind: 'schema-changed' }, mode: { ...adds, ...(carriesOnly && { carriesOnly }) } };
  }
  if (inputs.length > 0) return { reason: { kind: 'input-changed', inputs }, mode: adds };
  if (missing.length > 0) return { reason: { kind: 'missing-intervals', intervals: missing }, mode: adds };
  if (resolved.unrepeatableBecause !== undefined) {
    return { reason: { kind: 'not-repeatable', because: resolved.unrepeatableBecause }, mode: adds };
  }
  return { reason: { kind: 'unchanged' } };
}

function columnChanges({ schema, config }: ManifestNode, current: TableVersion): readonly string[] {
  return columnNotes(compareColumns(schema.columns, current.schema.columns, declaredRenames(config)));
}

function sampleChange(before: string | undefined, now: string | undefined): Reason | undefined {
  if (before === now) return undefined;
  return {
    kind: 'sample-changed',
    ...(before !== undefined && { before }),
    ...(now !== undefined && { now }),
  };
}

/** All intervals of a table that is built anew, as far as its version knows. */
function intervalsOf(
  { config: { options } }: ManifestNode,
  current: TableVersion | undefined,
): Interval | undefined {
  const { ledger } = current ?? {};
  if (options.strategy !== 'time_range' || !ledger || ledger.intervals.length === 0) return undefined;
  return { start: ledger.begin, end: ledger.end };
}

function missingOf(
  { config }: ManifestNode,
  { ledger }: TableVersion,
  inputsKey: string,
): readonly Interval[] {
  const { options } = config;
  const begin = options.begin as string | undefined;
  if (options.strategy !== 'time_range' || !ledger || begin === undefined) return [];
  // Nobody noted what it was made from, so nothing could tell what is other by now.
  if (followsInputs(config) && !ledger.seen) return [{ start: ledger.begin, end: ledger.end }];
  const lookback = (options.lookback as number | undefined) ?? 0;
  return missingIntervals(ledger, { begin, lookback, inputsKey });
}

/** A table that was something else before it became a snapshot has nothing to go on from. */
function lacksValidity(node: ManifestNode, current: TableVersion): boolean {
  if (node.config.materialized !== 'snapshot') return false;
  return !current.schema.columns.some((column) => column.name.toLowerCase() === 'valid_from');
}
