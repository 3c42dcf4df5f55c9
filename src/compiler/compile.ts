import type { Outcome } from '../diagnostics/diagnostic.js';
import type { Manifest } from '../ir/manifest.js';
import type { CompileInput } from './compile-input.js';

/**
 * Parses and binds a project with DuckDB, on empty tables: dependencies, column types, fingerprints and data
 * tests. Reports every error of the project at once, sorted by file and position; the manifest then holds the
 * nodes that stand neither in an error nor below one, and `failed` names the others.
 */
export function compile(_input: CompileInput): Promise<Outcome<Manifest>> {
  throw new Error('not yet');
}
