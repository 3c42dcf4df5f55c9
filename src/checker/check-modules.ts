import type { Memo } from '../ports/memo.js';
import { combineHashes } from '../util/combine-hashes.js';
import { hash } from '../util/hash.js';
import { hashOfModule } from './hash-of-module.js';
import { leafModules } from './leaf-modules.js';
import type { TsDiagnostic } from './type-checker.js';

export interface CheckModulesInput {
  /** Text by path relative to the root: generated types, macros, and one module for each model. */
  readonly files: ReadonlyMap<string, string>;
  /** Whatever else the result depends on, such as the project's folder and the versions of its packages. */
  readonly environment: string;
  readonly memo?: Memo;
  /** Asks TypeScript; not called when everything is remembered. */
  readonly check: (modules: ReadonlyMap<string, string>) => Promise<readonly TsDiagnostic[]>;
}

/**
 * Type-checks modules. With a memo only the modules are looked at that differ from every earlier check under
 * the same types and macros; when there are none, TypeScript is not even loaded. Returns diagnostics in the
 * order of the files.
 */
export async function checkModules(input: CheckModulesInput): Promise<readonly TsDiagnostic[]> {
  const { files, environment, memo, check } = input;
  const { leaves, shared, base, keys } = moduleKeys(files, environment);
  const results = new Map<string, readonly TsDiagnostic[]>();
  for (const [file, key] of [['', base] as const, ...keys]) {
    const remembered = memo?.get<readonly TsDiagnostic[]>('type-check', key);
    if (remembered) results.set(file, remembered);
  }
  const unknown = [...leaves].filter((file) => !results.has(file));
  if (unknown.length > 0 || !results.has('')) {
    const found = await check(
      new Map([...shared, ...unknown.map((file) => [file, files.get(file)!] as const)]),
    );
    const remember = (file: string, key: string, diagnostics: readonly TsDiagnostic[]) => {
      results.set(file, diagnostics);
      memo?.set('type-check', key, diagnostics);
    };
    const ofFile = new Map<string, TsDiagnostic[]>(['', ...unknown].map((file) => [file, []]));
    for (const one of found) ofFile.get(leaves.has(one.file ?? '') ? one.file! : '')?.push(one);
    for (const [file, diagnostics] of ofFile) remember(file, keys.get(file) ?? base, diagnostics);
  }
  const order = new Map(['', ...files.keys()].map((file, i) => [file, i]));
  return [...results]
    .sort(([a], [b]) => order.get(a)! - order.get(b)!)
    .flatMap(([, diagnostics]) => diagnostics);
}

/** What stands for what is said about all modules that others see, and about each of the rest. */
export function moduleKeys(files: CheckModulesInput['files'], environment: string) {
  const leaves = leafModules(files);
  const shared = [...files].filter(([file]) => !leaves.has(file)).sort(([a], [b]) => (a < b ? -1 : 1));
  const base = hash(environment, ...shared.map(([file, text]) => hashOfModule(file, text)));
  const keys = new Map(
    [...leaves].map((file) => [file, combineHashes(base, hashOfModule(file, files.get(file)!))]),
  );
  return { leaves, shared, base, keys };
}
