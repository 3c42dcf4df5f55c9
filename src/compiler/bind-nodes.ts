import { LineIndex, type Span } from '../diagnostics/span.js';
import { sortDag } from '../graph/dag.js';
import { EngineError } from '../ports/engine.js';
import type { Column } from '../schema/table-schema.js';
import { type BoundMacro, columnsKey } from './bind-queries.js';
import type { CompileState } from './compile-state.js';
import type { Draft } from './draft.js';
import { needsOf } from './expand-pending.js';
import { explainCycle, linkStretch } from './explain-cycle.js';
import { macroId, macroOf, readsOf } from './graph-ids.js';
import { placeOf } from './locate.js';
import { resultSchema } from './result-schema.js';
import { otherColumns } from './variant-columns.js';

type Edges = ReadonlyMap<string, readonly string[]>;

/**
 * Binds all models and macros that can be bound now, and fails what stands in a cycle or below an error.
 * Returns the nodes in an order in which each stands behind its inputs.
 */
export async function bindNodes(state: CompileState): Promise<readonly string[]> {
  if (state.input.known) state.addKnown(readTables(state));
  const edges = edgesOf(state);
  for (const [id, reads] of edges) state.edges.set(id, reads);
  const { order, cycles } = sortDag(edges);
  for (const cycle of cycles) {
    if (cycle.every((id) => state.failed.has(id))) continue;
    const isIncremental = (name: string) => state.models.get(name)?.config.materialized === 'incremental';
    state.report(explainCycle(cycle, (from, to) => linkSpan(from, to, state), isIncremental));
  }
  const inOrder = new Set(order);
  for (const id of edges.keys()) {
    if (inOrder.has(id)) continue;
    state.failed.add(id);
    state.pending.delete(id);
  }
  for (const level of levelsOf(order, edges, state)) {
    const models: string[] = [];
    for (const id of level) {
      if (!isReady(id, edges.get(id)!, state)) continue;
      const macro = macroOf(id);
      if (macro === undefined) models.push(id);
      else await bindMacro(macro, state);
    }
    await bindModels(models, state);
  }
  return order;
}

/** All tables that something names, bound or not. */
function readTables(state: CompileState): readonly string[] {
  const { drafts, variants, macros, pending } = state;
  const queries = [...drafts.values(), ...variants.values(), ...macros.drafts.values()];
  return [
    ...queries.flatMap(({ tables }) => tables),
    ...[...pending.values()].flatMap((model) => needsOf(model, state)),
  ];
}

function edgesOf(state: CompileState): Edges {
  const edges = new Map<string, readonly string[]>();
  for (const name of state.schemas.keys()) if (!state.drafts.has(name)) edges.set(name, []);
  for (const [name, macro] of state.macros.drafts) edges.set(macroId(name), readsOf(macro));
  for (const [name, draft] of state.drafts) edges.set(name, readsOfModel(draft, state.variants.get(name)));
  for (const [name, pending] of state.pending) edges.set(name, needsOf(pending, state));
  return edges;
}

function readsOfModel(draft: Draft, variant: Draft | undefined): readonly string[] {
  if (!variant) return readsOf(draft);
  // Reading its own table as the last run left it makes no circle.
  const added = readsOf(variant).filter((id) => id !== draft.expanded.name);
  return [...new Set([...readsOf(draft), ...added])];
}

/** Groups models and macros so that each group only reads groups before it. */
function levelsOf(order: readonly string[], edges: Edges, { drafts }: CompileState): readonly string[][] {
  const levelOf = new Map<string, number>();
  const levels: string[][] = [];
  for (const id of order) {
    if (!drafts.has(id) && macroOf(id) === undefined) continue;
    let level = 0;
    for (const input of edges.get(id)!) level = Math.max(level, (levelOf.get(input) ?? -1) + 1);
    levelOf.set(id, level);
    const ids = levels[level];
    if (ids) ids.push(id);
    else levels[level] = [id];
  }
  return levels;
}

/** False where it is done, an input still waits, or one failed: then it fails too. */
function isReady(id: string, inputs: readonly string[], state: CompileState): boolean {
  const { failed, schemas, closures } = state;
  const isBound = (other: string) => schemas.has(other) || closures.has(macroOf(other) ?? '');
  if (failed.has(id) || isBound(id)) return false;
  if (inputs.some((input) => failed.has(input))) {
    failed.add(id);
    return false;
  }
  return inputs.every(isBound);
}

async function bindMacro(name: string, state: CompileState): Promise<void> {
  const { createSql, hash: sqlKey, ...draft } = state.macros.drafts.get(name)!;
  const { tables, macros } = state.closureOf(draft);
  const macro: BoundMacro = { name, createSql, sqlKey, reads: tables };
  const error = await state.binder.addMacro(macro, macros);
  if (error) {
    state.failed.add(macroId(name));
    state.report(state.macros.explain(name, error));
  } else {
    state.closures.set(name, { tables, macros: [...macros, name] });
  }
}

async function bindModels(names: readonly string[], state: CompileState): Promise<void> {
  const results = await state.bind(names.map((name) => state.drafts.get(name)!));
  const withVariants = new Map<string, readonly Column[]>();
  for (const [i, name] of names.entries()) {
    const draft = state.drafts.get(name)!;
    const result = results[i]!;
    if (result instanceof EngineError) {
      state.failed.add(name);
      state.report(state.explain(result, draft));
      continue;
    }
    const model = state.models.get(name)!;
    const storesRows = state.input.storesRows(model.config.materialized);
    const { columns: queried, problems } = result.isPlain
      ? { columns: result.columns, problems: [] }
      : resultSchema(result.columns, draft.sql, storesRows);
    if (problems.length > 0) {
      state.failed.add(name);
      state.report(...problems.map((problem) => state.locate(problem, draft)));
      continue;
    }
    // A table may have more columns than its query.
    const columns = state.input.tableColumns?.(model, queried) ?? queried;
    const queryKey = storesRows ? result.key : `${result.key}v`;
    state.addSchema(name, columns, columns === queried ? queryKey : columnsKey(columns));
    if (state.variants.has(name)) withVariants.set(name, queried);
    state.input.onBound?.({ path: model.path, sql: draft.sql, segments: draft.expanded.segments });
  }
  if (withVariants.size > 0) await bindVariants(withVariants, state);
}

/** What runs that only add make must have the columns of the full build's query. */
async function bindVariants(
  queried: ReadonlyMap<string, readonly Column[]>,
  state: CompileState,
): Promise<void> {
  const drafts = [...queried.keys()].map((name) => state.variants.get(name)!);
  const results = await state.bind(drafts);
  for (const [i, draft] of drafts.entries()) {
    const { name } = draft.expanded;
    const result = results[i]!;
    const problem =
      result instanceof EngineError
        ? state.explain(result, draft)
        : otherColumns(draft, result.columns, queried.get(name)!);
    if (!problem) continue;
    state.failed.add(name);
    state.report(problem);
  }
}

/** Where one node of a cycle names the next. */
function linkSpan(from: string, to: string, state: CompileState): Span {
  const macro = macroOf(from);
  if (macro !== undefined) return state.macros.drafts.get(macro)!.written.nameSpan;
  const draft = state.drafts.get(from);
  if (draft) return placeOf(draft.expanded, draft.fileText, linkStretch(draft, to, state.names)).span;
  const file = state.models.get(from)!;
  return new LineIndex(file.text).span(file.path, file.bodyOffset);
}
