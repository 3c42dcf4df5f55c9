import { compile } from '../compiler/compile.js';
import type { CompileInput, KnownNodes } from '../compiler/compile-input.js';
import { type Diagnostic, errorDiagnostic, type Outcome } from '../diagnostics/diagnostic.js';
import type { LakeSnapshot } from '../ir/commit.js';
import type { Manifest, ManifestNode } from '../ir/manifest.js';
import type { NodeConfig, Project } from '../ir/project.js';
import { eventTimeErrors } from '../materializations/event-time-errors.js';
import { landingKeyErrors } from '../materializations/landing-key-errors.js';
import { laterBegin } from '../materializations/later-begin.js';
import { materializations } from '../materializations/registry.js';
import { unreadSettings } from '../materializations/unread-settings.js';
import { untimedInputs } from '../materializations/untimed-inputs.js';
import type { PinFile } from '../pins/pin-file.js';
import { readPins } from '../pins/pin-store.js';
import { keptColumns } from '../planner/kept-columns.js';
import { ephemeralResolver } from '../planner/resolve-ephemerals.js';
import type { Expansion } from '../ports/expansion.js';
import { orInterrupted, refuseWhenAborted } from '../ports/interruption.js';
import type { Column, TableSchema } from '../schema/table-schema.js';
import { expandModels } from '../template/expand-models.js';
import type { ExpandOptions } from '../template/expand-options.js';
import { allEnded } from '../util/all-ended.js';
import { rememberedOf } from '../util/remembered-of.js';
import { beginTypeChecks, type CheckTypes } from './begin-type-checks.js';
import { type ExpandRun, incrementalExpansion, runExpansion, sampleBatch } from './expand-run.js';
import { landedSchema } from './landed-schema.js';
import { withModelConfigs } from './model-configs.js';
import { withPinnedSeeds } from './pinned-seeds.js';
import { publishErrors } from './publish-errors.js';
import { secretsInViews } from './secrets-in-views.js';
import { seedSchemas } from './seed-schemas.js';
import { type SourceEntry, sourceStates } from './source-states.js';
import type { Workspace } from './workspace.js';

export interface CompiledProject {
  readonly manifest: Manifest;
  readonly sources: ReadonlyMap<string, SourceEntry>;
  /** Why source tables have no columns, by name: they cannot be read now, and the lake does not have them. */
  readonly unreadable: ReadonlyMap<string, readonly Diagnostic[]>;
  /** The schema pins that the project has, by table. */
  readonly pins: ReadonlyMap<string, PinFile>;
  /** The logic of a node as the lake records it, with ephemeral models resolved. */
  readonly storedLogic: (name: string) => string;
  readonly expandRun: ExpandRun;
  /** What its `${…}` came to. */
  readonly expansion: Expansion;
  /** Type-checks the project's TypeScript, beside whatever else is done, and adds what is wrong to what was found. */
  readonly checkTypes: CheckTypes;
}

/** What compiling depends on besides the project and the lake. */
export interface CompileOptions {
  /** Whether a source lands with the columns that it has, whatever its schema pin says. */
  readonly acceptsSource?: (table: string) => boolean;
  /** Tables that keep what earlier runs built keep no columns then. */
  readonly fullRefresh?: boolean | undefined;
  /** Whether a source that cannot be read now is worth a warning. Default: no, since a run that lands it says so. */
  readonly warnsOfSources?: boolean | undefined;
  /** Whether a run follows, in which what is `unreadable` fails by itself. Default: no, it is an error of the project. */
  readonly isRun?: boolean | undefined;
  /** Hears of each model that could be bound, while others are being bound. */
  readonly onBound?: CompileInput['onBound'];
  /** The other nodes, where the workspace has only a part of a project's models; their types are kept. */
  readonly known?: KnownNodes;
  /** Which sample of the sources' rows is read. */
  readonly sample?: string;
}

/**
 * Compiles a project that was read. A source that cannot be read now is taken as the lake last had it. One that the
 * lake does not have has no columns, so it and what depends on it are among the `failed` nodes of the manifest.
 */
export async function compileProject(
  workspace: Workspace,
  snapshot: LakeSnapshot,
  options: CompileOptions = {},
): Promise<Outcome<CompiledProject | undefined>> {
  const { memo } = workspace;
  const { signal } = workspace.options;
  // What tests of files read is looked at when it has other columns, which is more than a part of the project.
  const project = options.known ? { ...workspace.project, tests: [] } : workspace.project;
  const diagnostics: Diagnostic[] = [];
  const enabled = project.models.filter((model) => model.config.enabled);
  const [expanded, states, seeds, pins] = await allEnded([
    orInterrupted(
      expandModels([...enabled, ...project.tests], expandOptions(workspace, options.known?.names)),
      signal,
    ),
    sourceStates(workspace),
    seedSchemas(workspace),
    readPins(workspace.paths.root, memo),
  ]);
  refuseWhenAborted(signal);
  const checkTypesOf = beginTypeChecks(workspace, expanded, { keepsTypes: options.known !== undefined });
  diagnostics.push(...expanded.diagnostics, ...seeds.diagnostics, ...pins.diagnostics);

  const sources = new Map(states.entries);
  for (const table of project.sources) {
    const entry = sources.get(table.name);
    const pin = pins.value.get(table.name)?.pin;
    const accepts = options.acceptsSource?.(table.name);
    if (entry) sources.set(table.name, landedSchema(table, pin, entry, accepts));
  }
  const unreadable = new Map<string, readonly Diagnostic[]>();
  for (const [name, failure] of states.failures) {
    const last = snapshot.tables.get(name);
    if (!last) {
      unreadable.set(name, failure);
      continue;
    }
    sources.set(name, { dataKey: 'unreadable', schema: last.schema });
    if (options.warnsOfSources)
      diagnostics.push(...failure.map((one) => ({ ...one, severity: 'warning' as const })));
  }
  if (!options.isRun) diagnostics.push(...[...unreadable.values()].flat());
  const pinnedSeeds = withPinnedSeeds(project, seeds.value, pins.value);
  const configured = withModelConfigs(pinnedSeeds.project, expanded);
  diagnostics.push(...configured.diagnostics);
  const models = new Set(project.models.map((model) => model.path));
  const input: CompileInput = {
    project: configured.value,
    known: options.known,
    expanded: expanded.value.filter((model) => models.has(model.path)),
    pending: expanded.pending,
    retry: expanded.retry,
    expandIncremental: incrementalExpansion(configured.value.models, expanded),
    tableColumns: ({ config }, columns) =>
      materializations[config.materialized]?.tableColumns?.(config, columns) ?? columns,
    expandedTests: expanded.value.filter((model) => !models.has(model.path)),
    sourceSchemas: schemasOf(sources),
    seedSchemas: pinnedSeeds.schemas,
    storesRows: (name) => materializations[name]?.storesRows ?? true,
    openEngine: () => workspace.openBinder(),
    signal,
    memo,
    onBound: options.onBound,
  };
  const compiled = await compileWithKeptColumns(input, snapshot, options);
  diagnostics.push(...compiled.diagnostics);
  if (!compiled.value) return { value: undefined, diagnostics };
  const manifest = compiled.value;
  const resolve = ephemeralResolver(manifest);
  diagnostics.push(
    ...configErrors(manifest, project),
    ...publishErrors(workspace, manifest),
    ...transformErrors(manifest),
    ...secretsInViews(manifest, resolve),
  );
  const storedLogic = (name: string) => resolve(manifest.nodes.get(name)!).logic;
  const checkTypes = await checkTypesOf(manifest);
  const expandRun = runExpansion(manifest, expanded);
  return {
    value: {
      manifest,
      sources,
      unreadable,
      pins: pins.value,
      storedLogic,
      checkTypes,
      expandRun,
      expansion: expanded,
    },
    diagnostics,
  };
}

/** Tables may keep other columns than their query has, which those that read them must see. */
async function compileWithKeptColumns(
  input: CompileInput,
  snapshot: LakeSnapshot,
  { fullRefresh = false, sample }: CompileOptions,
): Promise<Outcome<Manifest>> {
  const kept = new Map<string, readonly Column[]>();
  for (;;) {
    const compiled = await compile({
      ...input,
      tableColumns: (model, columns) => kept.get(model.name) ?? input.tableColumns!(model, columns),
    });
    const resolve = ephemeralResolver(compiled.value);
    const found = keptColumns(compiled.value, snapshot, resolve, { fullRefresh, sample });
    const fresh = [...found].filter(([name]) => !kept.has(name));
    if (fresh.length === 0) return compiled;
    for (const [name, columns] of fresh) kept.set(name, columns);
  }
}

/** What expressions of this project are run with; `others` are names of nodes that its files do not define. */
export function expandOptions(
  { project, paths, memo, env, kept }: Workspace,
  others: readonly string[] = [],
): ExpandOptions {
  const options = new Map(project.models.map((model) => [model.name, model.config.options]));
  return {
    batchOf: (name, config) =>
      sampleBatch((config ?? options.get(name)) as NodeConfig['options'] | undefined),
    rootDir: paths.root,
    cacheDir: paths.macros,
    memo,
    macros: project.macros,
    vars: project.vars,
    secretVars: project.secretVars,
    target: { name: project.target.name },
    env,
    known: kept.expansions,
    relations: new Set([
      ...[...project.sources, ...project.seeds, ...project.models].map(({ name }) => name),
      ...others,
    ]),
  };
}

function schemasOf(entries: ReadonlyMap<string, SourceEntry>): ReadonlyMap<string, TableSchema> {
  return new Map([...entries].map(([name, entry]) => [name, entry.schema]));
}

/** A transform's rows must rest somewhere: it cannot be run whenever somebody reads it. */
function transformErrors(manifest: Manifest): readonly Diagnostic[] {
  return [...manifest.nodes.values()].flatMap(({ name, transform, config, configSpans }) => {
    const { materialized } = config;
    if (!transform || !['view', 'ephemeral', 'snapshot'].includes(materialized)) return [];
    const span = configSpans?.materialized;
    const message = `${name} is a transform, which cannot have materialized: ${materialized}.`;
    return errorDiagnostic('compile/invalid-config', message, {
      ...(span && { span }),
      hint: 'write "materialized: table", or incremental',
    });
  });
}

const configErrorsOf = rememberedOf<ManifestNode, readonly Diagnostic[]>();

/** What is to be said against the settings of nodes that compiled. */
function configErrors({ nodes }: Manifest, project: Project): readonly Diagnostic[] {
  const texts = new Map(project.models.map((model) => [model.name, model.text]));
  const nowMs = Date.now();
  const diagnostics: Diagnostic[] = [];
  for (const node of nodes.values()) {
    diagnostics.push(...configErrorsOf(node, '', () => ownConfigErrors(node)));
    diagnostics.push(...untimedInputs(node, nodes, texts.get(node.name) ?? ''));
    diagnostics.push(...laterBegin(node, nowMs));
  }
  return diagnostics;
}

function ownConfigErrors(node: ManifestNode): readonly Diagnostic[] {
  const { validate } = (node.kind !== 'source' && materializations[node.config.materialized]) || {};
  return [
    ...eventTimeErrors(node),
    ...landingKeyErrors(node),
    ...unreadSettings(node),
    ...(validate?.(node) ?? []),
  ];
}
