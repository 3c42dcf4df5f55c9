import { availableParallelism } from 'node:os';
import type { Outcome } from '../diagnostics/diagnostic.js';
import type { Manifest } from '../ir/manifest.js';
import { Compilation } from './compilation.js';
import type { CompileInput } from './compile-input.js';
import { EngineSession } from './engine-session.js';

const mostConnections = 4;

/**
 * Parses and binds a project with DuckDB, on empty tables: dependencies, column types, fingerprints and data
 * tests. Reports every error of the project at once, sorted by file and position; the manifest then holds the
 * nodes that stand neither in an error nor below one, and `failed` names the others.
 */
export async function compile(input: CompileInput): Promise<Outcome<Manifest>> {
  const connectionCount = input.connectionCount ?? Math.min(mostConnections, availableParallelism());
  const session = new EngineSession(input.openEngine, connectionCount);
  try {
    return await new Compilation(input, session).run();
  } finally {
    await session.close();
  }
}
