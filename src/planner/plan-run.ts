import type { LakeSnapshot } from '../ir/commit.js';
import type { Manifest, ManifestNode, ManifestTest } from '../ir/manifest.js';
import type { Action, PlannedNode, Reason, RunPlan } from '../ir/run-plan.js';
import type { TableVersion } from '../ir/table-version.js';
import { sameColumns } from '../schema/same-columns.js';
import { own } from '../util/own.js';
import { type DataKeys, dataKeys } from './data-keys.js';
import { decideHistory, type HistoryRequest, keepsHistory } from './decide-history.js';
import { emptyTables } from './empty-tables.js';
import { planTests } from './plan-tests.js';
import { ephemeralResolver, type ResolvedNode } from './resolve-ephemerals.js';
import { type SampleOf, sampleFinder } from './samples.js';

export interface PlanInput extends Omit<HistoryRequest, 'sampleOf'> {
  readonly target: string;
  readonly manifest: Manifest;
  readonly snapshot: LakeSnapshot;
  /** Data key by source table, as its files are now. */
  readonly sources: ReadonlyMap<string, string>;
  /** Which sample of the sources' rows is landed. Default: all rows. */
  readonly sample?: string;
  /** Names that the person selected, sources and seeds included. */
  readonly selected: ReadonlySet<string>;
  /** Tests that the person selected. */
  readonly tests: readonly ManifestTest[];
  /** True when nothing was left out: only then may tables that the project no longer has be dropped. */
  readonly wholeProject: boolean;
  /** Keys of audits that were passed before and need not run again. */
  readonly passedAudits: ReadonlySet<string>;
  /** Distinguishes the rows of unrepeatable models from those of every other run. */
  readonly nonce: string;
}

/** Decides everything that a run will do. Pure: it reads and writes nothing. */
export function planRun(input: PlanInput): RunPlan {
  const { manifest, snapshot } = input;
  const resolveNode = ephemeralResolver(manifest);
  const resolved = (name: string) => resolveNode(manifest.nodes.get(name)!);
  const chosen = activeNodes(input);
  const tests = readableTests(input, chosen);
  const active = withEphemeralReads(chosen, tests, manifest);
  const isActive = (name: string) => active.has(name);
  const sampleOf = sampleFinder({ manifest, snapshot, resolved, isActive, sample: input.sample });
  const request = { ...input, sampleOf };
  const keys = dataKeys({ ...request, active, resolved });

  const nodes: PlannedNode[] = [];
  for (const node of manifest.nodes.values()) {
    if (!active.has(node.name)) continue;
    const current = snapshot.tables.get(node.name);
    const { action, reason, mode } = decide(node, current, resolved(node.name), keys, request);
    const sample = sampleOf(node.name);
    nodes.push({
      name: node.name,
      action,
      reason,
      dataKey: keys.of(node.name),
      inputKeys: keys.inputsOf(node.name),
      after: activeUpstream(node.inputs, active, snapshot),
      ...(mode && { mode }),
      ...(sample !== undefined && { sample }),
    });
  }

  const planned = planTests({
    manifest,
    tests,
    keyOf: keys.of,
    resolved,
    upstream: (names) => activeUpstream(names, active, snapshot),
    passedAudits: input.passedAudits,
    excuseOf: emptyTables({ manifest, sampleOf }),
  });
  return {
    target: input.target,
    baseCommit: snapshot.commit,
    nodes,
    tests: planned,
    drops: input.wholeProject ? abandonedTables(manifest, snapshot) : [],
  };
}

/** What was selected, with the inputs it needs that the lake does not have yet and the ephemeral models between. */
export function activeNodes({
  manifest,
  snapshot,
  selected,
}: Pick<PlanInput, 'manifest' | 'snapshot' | 'selected'>): ReadonlySet<string> {
  const active = new Set<string>();
  const visit = (name: string): void => {
    const node = manifest.nodes.get(name);
    if (!node || active.has(name)) return;
    active.add(name);
    for (const input of node.inputs) {
      const ephemeral = manifest.nodes.get(input)?.config.materialized === 'ephemeral';
      if (ephemeral || !snapshot.tables.has(input)) visit(input);
    }
  };
  for (const name of selected) visit(name);
  return active;
}

/** The tests whose tables this run makes or the lake has, also where ephemeral models lie between. */
function readableTests(
  { manifest, snapshot, tests }: PlanInput,
  active: ReadonlySet<string>,
): readonly ManifestTest[] {
  const isReadable = (name: string): boolean => {
    if (active.has(name) || snapshot.tables.has(name)) return true;
    const node = manifest.nodes.get(name);
    return node?.config.materialized === 'ephemeral' && node.inputs.every(isReadable);
  };
  return tests.filter((test) => test.reads.every(isReadable));
}

/** A test may read ephemeral models that nothing else of this run does. */
function withEphemeralReads(
  active: ReadonlySet<string>,
  tests: readonly ManifestTest[],
  manifest: Manifest,
): ReadonlySet<string> {
  const all = new Set(active);
  const visit = (name: string): void => {
    const node = manifest.nodes.get(name);
    if (node?.config.materialized !== 'ephemeral' || all.has(name)) return;
    all.add(name);
    for (const input of node.inputs) visit(input);
  };
  for (const test of tests) for (const name of test.reads) visit(name);
  return all;
}

/** The active nodes that `names` lead to: themselves, or those that a committed view between reads. */
function activeUpstream(
  names: readonly string[],
  active: ReadonlySet<string>,
  snapshot: LakeSnapshot,
): readonly string[] {
  const found = new Set<string>();
  const visit = (name: string): void => {
    if (active.has(name)) found.add(name);
    else for (const read of snapshot.tables.get(name)?.view?.reads ?? []) visit(read);
  };
  for (const name of names) visit(name);
  return [...found];
}

interface Decision extends Pick<PlannedNode, 'mode'> {
  readonly action: Action;
  readonly reason: Reason;
}

function decide(
  node: ManifestNode,
  current: TableVersion | undefined,
  resolved: ResolvedNode,
  keys: DataKeys,
  input: PlanInput & { readonly sampleOf: SampleOf },
): Decision {
  const { materialized } = node.config;
  if (keepsHistory(node.config)) {
    const decision = decideHistory(node, current, resolved, keys.inputsOf(node.name), input);
    return { action: decision.mode ? 'build' : 'reuse', ...decision };
  }
  if (materialized === 'ephemeral') return { action: 'inline', reason: { kind: 'unchanged' } };

  const isView = materialized === 'view';
  const action: Action =
    node.kind === 'source' ? 'land' : node.kind === 'seed' ? 'seed' : isView ? 'view' : 'build';
  if (!current || (current.kind === 'view') !== isView) return { action, reason: { kind: 'new' } };
  if (input.fullRefresh && !isView) return { action, reason: { kind: 'full-refresh' } };
  // A view whose inputs changed their columns keeps its SQL but not its columns.
  if (!sameColumns(node.schema, current.schema)) return { action, reason: { kind: 'schema-changed' } };

  if (node.kind === 'source') {
    const unchanged = current.provenance.dataKey === keys.of(node.name);
    return unchanged ? reuse : { action, reason: { kind: 'source-changed' } };
  }
  if (current.provenance.logic !== resolved.logic) return { action, reason: { kind: 'logic-changed' } };
  // What it reads may have got other capitals, which SQL does not mind and the lake does.
  if (isView && String(current.view?.reads) !== String(resolved.inputs))
    return { action, reason: { kind: 'logic-changed' } };
  if (isView) return reuse;
  if (resolved.unrepeatableBecause !== undefined) {
    return { action, reason: { kind: 'not-repeatable', because: resolved.unrepeatableBecause } };
  }
  if (current.provenance.dataKey === keys.of(node.name)) return reuse;
  const before = current.provenance.inputs;
  const now = keys.inputsOf(node.name);
  return {
    action,
    reason: { kind: 'input-changed', inputs: Object.keys(now).filter((i) => own(now, i) !== own(before, i)) },
  };
}

const reuse: Decision = { action: 'reuse', reason: { kind: 'unchanged' } };

/** Tables that this project made and no longer has. What belongs to another project in the same lake stays. */
function abandonedTables(manifest: Manifest, snapshot: LakeSnapshot): readonly string[] {
  const drops: string[] = [];
  for (const [name, version] of snapshot.tables) {
    if (version.provenance.project !== manifest.project) continue;
    const owner = manifest.nodes.get(version.provenance.attachedTo ?? name);
    if (!owner || owner.config.materialized === 'ephemeral') drops.push(name);
  }
  return drops.sort();
}
