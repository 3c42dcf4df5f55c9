import type { Memo } from '../ports/memo.js';
import { hash } from '../util/hash.js';
import { leafModules } from './leaf-modules.js';
import type { TsDiagnostic, TypeCheckerOptions } from './type-checker.js';

export interface CheckModulesInput extends TypeCheckerOptions {
  /** Text by path relative to the root: generated types, macros, and one module for each model. */
  readonly files: ReadonlyMap<string, string>;
  /** Whatever else the result depends on, such as the versions of installed packages. */
  readonly environment: string;
  readonly memo?: Memo;
}

/**
 * Type-checks modules once. With a memo only the modules are looked at that differ from every earlier check
 * under the same types and macros; when there are none, TypeScript is not even loaded. For repeated checks
 * in one process keep `openTypeChecker` open instead. Returns diagnostics in the order of the files.
 */
export async function checkModules(input: CheckModulesInput): Promise<readonly TsDiagnostic[]> {
  const { files, environment, memo, rootDir, paths = {}, compilerOptions = {} } = input;
  const leaves = leafModules(files);
  const shared = [...files].filter(([file]) => !leaves.has(file)).sort(([a], [b]) => (a < b ? -1 : 1));
  const base = hash(environment, rootDir, JSON.stringify([paths, compilerOptions]), ...shared.flat());
  const keys = new Map([...leaves].map((file) => [file, hash(base, file, files.get(file)!)]));

  const results = new Map<string, readonly TsDiagnostic[]>();
  for (const [file, key] of [['', base] as const, ...keys]) {
    const known = memo?.get<readonly TsDiagnostic[]>('type-check', key);
    if (known) results.set(file, known);
  }
  const unknown = [...leaves].filter((file) => !results.has(file));
  if (unknown.length > 0 || !results.has('')) {
    const { openTypeChecker } = await import('./type-checker.js');
    const checker = openTypeChecker({ rootDir, paths, compilerOptions });
    try {
      const found = checker.check(
        new Map([...shared, ...unknown.map((file) => [file, files.get(file)!] as const)]),
      );
      const remember = (file: string, key: string, diagnostics: readonly TsDiagnostic[]) => {
        results.set(file, diagnostics);
        memo?.set('type-check', key, diagnostics);
      };
      for (const file of unknown)
        remember(
          file,
          keys.get(file)!,
          found.filter((one) => one.file === file),
        );
      remember(
        '',
        base,
        found.filter((one) => one.file === undefined || !leaves.has(one.file)),
      );
    } finally {
      checker.close();
    }
  }
  const order = new Map(['', ...files.keys()].map((file, i) => [file, i]));
  return [...results]
    .sort(([a], [b]) => order.get(a)! - order.get(b)!)
    .flatMap(([, diagnostics]) => diagnostics);
}
