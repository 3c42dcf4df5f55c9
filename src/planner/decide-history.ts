import type { ManifestNode } from '../ir/manifest.js';
import type { NodeConfig } from '../ir/project.js';
import type { BuildMode, Reason } from '../ir/run-plan.js';
import type { Interval, TableVersion } from '../ir/table-version.js';
import { missingIntervals } from './plan-intervals.js';
import type { ResolvedNode } from './resolve-ephemerals.js';
import { sameColumns } from './same-columns.js';

/** What asks for more than what changed. */
export interface HistoryRequest {
  readonly fullRefresh: boolean;
  /** Stretches of time to build again, by model. */
  readonly backfill?: ReadonlyMap<string, Interval> | undefined;
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
  { fullRefresh, backfill }: HistoryRequest,
): HistoryDecision {
  const { options } = node.config;
  if (!current || current.kind === 'view' || lacksValidity(node, current)) {
    return { reason: { kind: 'new' }, mode: { kind: 'full' } };
  }
  const isProtected = isProtectedTable(node.config);
  if (fullRefresh && !isProtected) return { reason: { kind: 'full-refresh' }, mode: { kind: 'full' } };

  const forwardOnly = current.provenance.logic !== resolved.logic;
  if (forwardOnly && !isProtected) return { reason: { kind: 'logic-changed' }, mode: { kind: 'full' } };

  const begin = options.begin as string | undefined;
  const missing =
    options.strategy === 'time_range' && current.ledger && begin !== undefined
      ? missingIntervals(current.ledger, begin)
      : [];
  const adds: BuildMode = { kind: 'incremental', forwardOnly, ...(missing.length > 0 && { missing }) };
  const requested = backfill?.get(node.name);
  if (requested) {
    return { reason: { kind: 'backfill', interval: requested }, mode: { ...adds, requested } };
  }
  if (forwardOnly) return { reason: { kind: 'logic-changed' }, mode: adds };
  if (!sameColumns(node.schema, current.schema)) return { reason: { kind: 'schema-changed' }, mode: adds };
  const before = current.provenance.inputs;
  const inputs = Object.keys(inputKeys).filter((input) => inputKeys[input] !== before[input]);
  if (inputs.length > 0) return { reason: { kind: 'input-changed', inputs }, mode: adds };
  if (resolved.unrepeatableBecause !== undefined) {
    return { reason: { kind: 'not-repeatable', because: resolved.unrepeatableBecause }, mode: adds };
  }
  if (missing.length > 0) return { reason: { kind: 'missing-intervals', intervals: missing }, mode: adds };
  return { reason: { kind: 'unchanged' } };
}

/** A snapshot's past cannot be made again, so it is protected unless it says otherwise. */
export function isProtectedTable({ materialized, options }: NodeConfig): boolean {
  return options.full_refresh === false || (materialized === 'snapshot' && options.full_refresh !== true);
}

/** A table that was something else before it became a snapshot has nothing to go on from. */
function lacksValidity(node: ManifestNode, current: TableVersion): boolean {
  if (node.config.materialized !== 'snapshot') return false;
  return !current.schema.columns.some((column) => column.name.toLowerCase() === 'valid_from');
}
