import type { Memo } from '../ports/memo.js';
import { hash } from '../util/hash.js';
import type { TsDiagnostic, TypeCheckerOptions } from './type-checker.js';

export interface CheckModulesInput extends TypeCheckerOptions {
  /** Text by path relative to the root: generated types, macros, and one module for each model. */
  readonly files: ReadonlyMap<string, string>;
  /** Whatever else the result depends on, such as the versions of installed packages. */
  readonly environment: string;
  readonly memo?: Memo;
}

/**
 * Type-checks modules once. With a memo, modules that were checked before cost a hash: TypeScript is not
 * even loaded. For repeated checks of changing modules keep `openTypeChecker` open instead.
 */
export async function checkModules(input: CheckModulesInput): Promise<readonly TsDiagnostic[]> {
  const { files, environment, memo, rootDir, paths = {}, compilerOptions = {} } = input;
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  const key = hash(environment, rootDir, JSON.stringify([paths, compilerOptions]), ...sorted.flat());
  const known = memo?.get<readonly TsDiagnostic[]>('type-check', key);
  if (known) return known;
  const { openTypeChecker } = await import('./type-checker.js');
  const checker = openTypeChecker({ rootDir, paths, compilerOptions });
  try {
    const diagnostics = checker.check(files);
    memo?.set('type-check', key, diagnostics);
    return diagnostics;
  } finally {
    checker.close();
  }
}
