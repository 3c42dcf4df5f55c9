import { sortDag } from '../graph/dag.js';
import type { Manifest, ManifestNode, ManifestTest, SqlMacro } from '../ir/manifest.js';
import type { ModelFile, NodeConfig } from '../ir/project.js';
import type { Column } from '../schema/table-schema.js';
import { rememberedOf } from '../util/remembered-of.js';
import type { KnownNodes } from './compile-input.js';
import type { CompileState } from './compile-state.js';
import type { Draft } from './draft.js';
import { failedNodes } from './failed-nodes.js';
import { fingerprintOf, modelLogic, seedLogic, settingsKey, sourceLogic } from './fingerprint.js';
import { macroId, macroOf } from './graph-ids.js';
import type { MacroClosure } from './macro-set.js';
import { withPartitionCase } from './partition-case.js';
import { clipped, plainNode } from './plain-node.js';
import { unknownPaths } from './unknown-paths.js';
import type { UnrepeatableBecause } from './unrepeatable-because.js';

interface ManifestParts {
  readonly state: CompileState;
  /** Nodes and macros, each behind its inputs. */
  readonly order: readonly string[];
  readonly tests: readonly ManifestTest[];
  readonly because: UnrepeatableBecause;
}

type NodeFile = Pick<ManifestNode, 'name' | 'config' | 'configSpans'>;

/** What nodes of each kind have of their own. */
type OwnParts = Pick<ManifestNode, 'kind' | 'path' | 'logic'> & Partial<ManifestNode>;

/** Puts together what was found out about the nodes that compiled. */
export function buildManifest({ state, order, tests, because }: ManifestParts): Manifest {
  const { closures, failed, report } = state;
  const { project } = state.input;
  const macros = state.macros.drafts;
  const columnsOf = (name: string) => state.schemas.get(name) ?? [];
  const models = new Map(
    project.models.map((model) => [model.name, withPartitionCase(model, columnsOf(model.name))]),
  );
  const seeds = new Map(
    project.seeds.map((seed) => [seed.name, withPartitionCase(seed, columnsOf(seed.name))]),
  );
  const sources = new Map(project.sources.map((table) => [table.name, table]));
  const settings = settingsKey(project.engine.init);
  const nodes = new NodeMap(state.input.known);

  const add = (file: NodeFile, own: OwnParts) => {
    const { name, config, configSpans } = file;
    const inputs = own.inputs ?? [];
    const columns = state.schemas.get(name)!;
    const upstream: string[] = [];
    for (const input of inputs) upstream.push(input, nodes.get(input)!.fingerprint);
    nodes.set(name, {
      name,
      config,
      ...(configSpans && { configSpans }),
      schema: { columns: documented(columns, config) },
      fingerprint: fingerprintOf(own.logic, upstream),
      repeatable: own.unrepeatableBecause === undefined,
      usesMacros: [],
      inputs,
      ...own,
    });
    if (config.columns.length > 0) for (const warning of unknownPaths(config, columns)) report(warning);
  };

  const modelParts = (draft: Draft, variant: Draft | undefined): OwnParts => {
    const { sql, expanded } = draft;
    const { config, path } = models.get(expanded.name)!;
    const drafts = variant ? [draft, variant] : [draft];
    const used = drafts.flatMap((one) => one.macros.map((macro) => closures.get(macro)!));
    const usesMacros = [...new Set(used.flatMap((closure) => closure.macros))];
    const hashes = usesMacros.map((macro) => macros.get(macro)!.hash);
    const reason = because(drafts);
    const astHashes = drafts.flatMap((one) => [one.parsed.hash, one.expanded.transform?.code ?? []].flat());
    return {
      kind: 'model',
      path,
      sql,
      segments: clipped(expanded.segments, sql.length),
      ...(expanded.transform && { transform: expanded.transform }),
      ...(variant && {
        incremental: { sql: variant.sql, segments: clipped(variant.expanded.segments, variant.sql.length) },
      }),
      inputs: inputsOf(expanded.name, drafts, used),
      logic: modelLogic(astHashes, config, hashes, settings),
      usesMacros,
      ...(reason && { unrepeatableBecause: reason }),
    };
  };

  const addPlain = (model: ModelFile, draft: Draft) => {
    const { name, config } = model;
    const columns = state.schemas.get(name)!;
    const schema = { columns: documented(columns, config) };
    nodes.set(name, plainNode({ model, draft, schema, settings, nodes }));
    if (config.columns.length > 0) for (const warning of unknownPaths(config, columns)) report(warning);
  };

  for (const name of order) {
    if (failed.has(name) || macroOf(name) !== undefined) continue;
    const source = sources.get(name);
    const seed = seeds.get(name);
    const model = models.get(name);
    const draft = state.drafts.get(name);
    if (source && !draft) {
      add(source, { kind: 'source', path: source.span.file, logic: sourceLogic(source) });
    } else if (seed && !draft) {
      add(seed, { kind: 'seed', path: seed.path, logic: seedLogic(seed) });
    } else if (model && draft) {
      const variant = state.variants.get(name);
      const isPlain =
        !variant && !draft.expanded.transform && draft.macros.length === 0 && because([draft]) === undefined;
      if (isPlain) addPlain(model, draft);
      else add(model, modelParts(draft, variant));
    }
  }
  const sqlMacros = [...closures.keys()].flatMap((name): SqlMacro[] => {
    const { createSql, written } = macros.get(name)!;
    if (failed.has(macroId(name))) return [];
    return [{ name, sql: createSql, path: written.path, reads: [...closures.get(name)!.tables].sort() }];
  });
  return {
    project: project.name,
    nodes: inDagOrder(nodes, state),
    tests,
    sqlMacros,
    failed: failedNodes(state),
  };
}

/** Nodes by name; those of the project that are not compiled now are found too. */
class NodeMap extends Map<string, ManifestNode> {
  constructor(private readonly known: KnownNodes | undefined) {
    super();
  }

  override get(name: string): ManifestNode | undefined {
    return super.get(name) ?? this.known?.get(name);
  }
}

/** The order depends on nothing but the names of nodes and of their inputs. */
function inDagOrder(nodes: NodeMap, { input }: CompileState): NodeMap {
  const { sources, seeds, models } = input.project;
  const inputs = new Map<string, readonly string[]>();
  for (const { name } of [...sources, ...seeds, ...models]) {
    if (nodes.has(name)) inputs.set(name, nodes.get(name)!.inputs);
  }
  const sorted = new NodeMap(input.known);
  for (const name of sortDag(inputs).order) sorted.set(name, nodes.get(name)!);
  return sorted;
}

/** A model may read its own table as the last run left it: that is no input. */
function inputsOf(name: string, drafts: readonly Draft[], used: readonly MacroClosure[]): readonly string[] {
  const [only, ...others] = [...drafts, ...used];
  const tables =
    others.length === 0 ? only!.tables : new Set([only!, ...others].flatMap((node) => node.tables));
  return [...tables].filter((table) => table !== name).sort();
}

const documentedOf = rememberedOf<NodeConfig, readonly Column[]>();

/** Columns with their descriptions; one that a plain `not_null` test guards is not nullable. */
function documented(columns: readonly Column[], config: NodeConfig): readonly Column[] {
  if (config.columns.length === 0) return columns;
  return documentedOf(config, columns, () => columns.map((column) => withConfig(column, config)));
}

function withConfig(column: Column, config: NodeConfig): Column {
  const lower = column.name.toLowerCase();
  const found = config.columns.findLast(({ name }) => name.toLowerCase() === lower);
  if (!found) return column;
  const { description } = found;
  const isGuarded = found.tests.some(
    ({ assertion, severity, where, warnIf, errorIf }) =>
      assertion.kind === 'not_null' && severity === 'error' && !where && !warnIf && !errorIf,
  );
  return {
    ...column,
    ...(description !== undefined && { description }),
    ...(isGuarded && { nullable: false }),
  };
}
