import type { Diagnostic, Outcome } from '../diagnostics/diagnostic.js';
import { hasErrors } from '../diagnostics/diagnostic.js';
import type { LakeSnapshot } from '../ir/commit.js';
import type { SourceTable } from '../ir/project.js';
import type { PinChange, RequestedIntervals, RunPlan } from '../ir/run-plan.js';
import type { PinUpdate } from '../pins/check-pins.js';
import { earlierSqlWarnings } from '../planner/earlier-sql.js';
import { historyErrors } from '../planner/history-errors.js';
import { planFailed } from '../planner/plan-failed.js';
import { activeNodes, planRun } from '../planner/plan-run.js';
import { orInterrupted } from '../ports/interruption.js';
import type { Pin } from '../schema/pin.js';
import { hash } from '../util/hash.js';
import { type CompiledProject, compileProject } from './compile-project.js';
import { type Deferred, deferTo, withDeferred } from './deferred.js';
import { landingErrors } from './landing-errors.js';
import { landingKey } from './landing-of.js';
import { newId } from './new-id.js';
import type { RunOptions } from './options.js';
import { readPassedAudits } from './passed-audits.js';
import { pinProject } from './pin-project.js';
import { emptyLake, reachLake } from './reach-lake.js';
import { sampleName } from './sample.js';
import { selectParts } from './select-nodes.js';
import { selectResolvers } from './select-resolvers.js';
import type { SourceEntry } from './source-states.js';
import { stateOf, withState } from './state-lake.js';
import { unrunTests } from './unrun-tests.js';
import { openWorkspace, type Workspace } from './workspace.js';

/** What a run needs besides its plan. */
export interface PreparedRun {
  readonly runId: string;
  readonly compiled: CompiledProject;
  /** The own lake, which the run commits to. */
  readonly base: LakeSnapshot;
  /** What the run reads: the own lake, and what is deferred. */
  readonly snapshot: LakeSnapshot;
  readonly deferred?: Deferred;
  /** Names of the nodes that were asked for. */
  readonly selected: ReadonlySet<string>;
  readonly plan: RunPlan;
  /** What is to be written is held against these before it is committed. */
  readonly pins: ReadonlyMap<string, Pin>;
  readonly pinUpdates: readonly PinUpdate[];
}

/** Narrows a plan to what one command is about. */
export interface PlanScope {
  /** Kinds of nodes that may run, with the tests that read no others; inputs that the lake lacks come along. */
  readonly kinds?: readonly ('source' | 'seed' | 'model')[];
  /** Run tests even where the same rows passed before. */
  readonly repeatTests?: boolean;
  /** Stretches of time to build, by model. */
  readonly backfill?: ReadonlyMap<string, RequestedIntervals>;
}

/** Decides what `build` would do now. */
export async function plan(options: RunOptions): Promise<Outcome<RunPlan | undefined>> {
  const { value: workspace, diagnostics } = await openWorkspace(options);
  if (!workspace) return { value: undefined, diagnostics };
  try {
    const prepared = await prepareRun(workspace, options, diagnostics);
    const failures = prepared.value?.plan.nodes.flatMap(({ failure = [] }) => failure) ?? [];
    return { value: prepared.value?.plan, diagnostics: [...prepared.diagnostics, ...failures] };
  } finally {
    await workspace.close();
  }
}

/** Compiles, selects and plans. With any error there is no plan; all errors come together. */
export async function prepareRun(
  workspace: Workspace,
  options: RunOptions,
  earlier: readonly Diagnostic[],
  scope: PlanScope = {},
): Promise<Outcome<PreparedRun | undefined>> {
  const [reached, state] = await orInterrupted(
    Promise.all([reachLake(workspace, earlier), stateOf(workspace, options)]),
    options.signal,
  );
  const base = reached.value ?? emptyLake;
  const { value: compiled, diagnostics: found } = await compileProject(workspace, withState(base, state), {
    fullRefresh: options.fullRefresh,
    isRun: true,
    ...(options.sample && { sample: sampleName(options.sample) }),
  });
  const diagnostics = [...earlier, ...reached.diagnostics, ...found];
  if (!compiled) return { value: undefined, diagnostics };
  const unreadable = [...compiled.unreadable.values()].flat();
  if (hasErrors(diagnostics))
    return { value: undefined, diagnostics: await compiled.checkTypes([...diagnostics, ...unreadable]) };

  const resolvers = await selectResolvers(workspace, compiled, state?.snapshot ?? base);
  const selected = selectParts(compiled.manifest, options, resolvers);
  diagnostics.push(...selected.diagnostics);
  if (hasErrors(selected.diagnostics)) return { value: undefined, diagnostics };

  const runId = newId(new Date());
  const { nodes, tests } = selected.value;
  const kinds = new Set<string>(scope.kinds ?? ['source', 'seed', 'model']);
  const failed = new Map((compiled.manifest.failed ?? []).map((node) => [node.name, node]));
  // Where nothing is built, their tests would go missing without a word.
  if (scope.kinds?.length === 0 && [...nodes].some((name) => failed.has(name)))
    return { value: undefined, diagnostics: [...diagnostics, ...unreadable] };
  const kindOf = (name: string) => (compiled.manifest.nodes.get(name) ?? failed.get(name))?.kind ?? '';
  const isOfKind = (name: string) => kinds.has(kindOf(name));
  const chosen = new Set([...nodes].filter(isOfKind));
  const wholeProject = selected.value.wholeProject && scope.kinds === undefined;
  // What failed to compile is not gone from the project.
  const isComplete = wholeProject && failed.size === 0;
  const made = { nodes: compiled.manifest.nodes, logicOf: compiled.storedLogic };
  // A whole project builds all that it needs.
  const deferred = state && options.defer && !wholeProject ? deferTo(state, base, chosen, made) : undefined;
  const snapshot = withDeferred(base, deferred);
  const pinned = await pinProject(workspace, {
    compiled,
    snapshot: base,
    active: activeNodes({ manifest: compiled.manifest, snapshot, selected: chosen }),
    wholeProject: isComplete,
    frozen: options.frozen ?? false,
  });
  diagnostics.push(...pinned.diagnostics);
  if (hasErrors(pinned.diagnostics))
    return { value: undefined, diagnostics: await compiled.checkTypes(diagnostics) };
  const { manifest, updates, pins } = pinned.value;
  const chosenTests = scope.kinds?.length
    ? tests.filter(({ node, reads }) => (node === undefined ? reads : [...reads, node]).every(isOfKind))
    : tests;
  const runPlan = planRun({
    target: workspace.project.target.name,
    manifest,
    snapshot,
    sources: sourceKeys(workspace.project.sources, { ...compiled, manifest }, base, options),
    selected: chosen,
    tests: chosenTests,
    wholeProject: isComplete,
    fullRefresh: options.fullRefresh ?? false,
    ...(scope.backfill && { backfill: scope.backfill }),
    ...(options.sample && { sample: sampleName(options.sample) }),
    passedAudits: scope.repeatTests ? new Set() : await readPassedAudits(workspace, snapshot),
    nonce: runId,
  });
  const unplanned = planFailed({ manifest, selected: chosen, unreadable: compiled.unreadable });
  const { sources } = compiled;
  const refused = [
    ...historyErrors(manifest, snapshot, runPlan),
    ...landingErrors({ plan: runPlan, manifest, snapshot: base, tables: workspace.project.sources, sources }),
  ];
  diagnostics.push(...refused);
  if (hasErrors(refused)) return { value: undefined, diagnostics };
  diagnostics.push(...earlierSqlWarnings(manifest, runPlan));
  diagnostics.push(...unrunTests(chosenTests, runPlan, snapshot, manifest));
  // What a source has besides its pinned columns is worth a word only when it is read.
  const landed = runPlan.nodes.filter((node) => node.action === 'land');
  diagnostics.push(...landed.flatMap(({ name }) => compiled.sources.get(name)?.problems ?? []));
  return {
    value: {
      runId,
      compiled: { ...compiled, manifest },
      base,
      snapshot,
      ...(deferred && { deferred }),
      selected: chosen,
      plan: { ...runPlan, nodes: [...runPlan.nodes, ...unplanned], pins: updates.map(pinChange) },
      pins,
      pinUpdates: updates,
    },
    diagnostics,
  };
}

/** Data key of each source table as this run would land it. */
function sourceKeys(
  tables: readonly SourceTable[],
  { sources, manifest }: Pick<CompiledProject, 'sources' | 'manifest'>,
  base: LakeSnapshot,
  { sample, fullRefresh }: RunOptions,
): ReadonlyMap<string, string> {
  const tableOf = new Map(tables.map((table) => [table.name, table]));
  const keyOf = (name: string, entry: SourceEntry): string => {
    if (sample) return hash('sample', entry.dataKey, sampleName(sample));
    const table = tableOf.get(name);
    const node = manifest.nodes.get(name);
    if (fullRefresh || !table || !node) return entry.dataKey;
    return landingKey(table, entry, node.schema, base.tables.get(name));
  };
  return new Map([...sources].map(([name, entry]) => [name, keyOf(name, entry)]));
}

function pinChange({ table, path, kind, summary }: PinUpdate): PinChange {
  return { table, path, kind, summary };
}
