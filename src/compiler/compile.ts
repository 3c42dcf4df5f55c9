import { availableParallelism } from 'node:os';
import type { Outcome } from '../diagnostics/diagnostic.js';
import type { Manifest } from '../ir/manifest.js';
import { bindNodes } from './bind-nodes.js';
import { buildManifest } from './build-manifest.js';
import type { CompileInput } from './compile-input.js';
import { CompileState } from './compile-state.js';
import { draftModels } from './draft-models.js';
import { EngineSession } from './engine-session.js';
import { expandPending, expandPendingTests } from './expand-pending.js';
import { macroId } from './graph-ids.js';
import { sortDiagnostics } from './locate.js';
import { Repeatability } from './repeatability.js';
import { compileTests } from './tests/compile-tests.js';
import { unrepeatableBecause } from './unrepeatable-because.js';

const mostConnections = 4;

/**
 * Parses and binds a project with DuckDB, on empty tables: dependencies, column types, fingerprints and data
 * tests. Reports every error of the project at once, sorted by file and position; the manifest then holds the
 * nodes that stand neither in an error nor below one, and `failed` names the others. Throws `DiagnosticError`
 * when the project's `engine.init` does not run.
 */
export async function compile(input: CompileInput): Promise<Outcome<Manifest>> {
  const connectionCount = input.connectionCount ?? Math.min(mostConnections, availableParallelism());
  const session = new EngineSession(input.openEngine, connectionCount, input.signal);
  try {
    const state = new CompileState(input, session);
    const value = await compileAll(state);
    return { value, diagnostics: sortDiagnostics(state.diagnostics) };
  } finally {
    await session.close();
  }
}

async function compileAll(state: CompileState): Promise<Manifest> {
  // The engine is asked while syntax trees are read here.
  const repeatability = Repeatability.load(state.session, state.memo, state.environmentKey);
  const ended = repeatability.catch(() => undefined);
  try {
    return await compileBeside(repeatability, state);
  } finally {
    // What is under way must not lose its connection.
    await ended;
  }
}

async function compileBeside(loading: Promise<Repeatability>, state: CompileState): Promise<Manifest> {
  const { input, macros, models, drafts, pending, failed } = state;
  const broken = macros.resolve(await state.parse(macros.statements), state.names);
  for (const name of broken) failed.add(macroId(name));

  const expanded = input.expanded.filter((model) => models.has(model.name));
  await draftModels(expanded, state);
  for (const name of models.keys()) if (!drafts.has(name) && !pending.has(name)) failed.add(name);

  let order = await bindNodes(state);
  while (pending.size > 0) {
    await expandPending(state);
    order = await bindNodes(state);
  }
  const because = unrepeatableBecause(state, await loading);
  const expandedTests = [...input.expandedTests, ...expandPendingTests(state)];
  const tests = await compileTests(expandedTests, state, because);
  return buildManifest({ state, order, tests, because });
}
