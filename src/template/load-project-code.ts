import { pathToFileURL } from 'node:url';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { fixedApi } from './api-module.js';
import type { Scope } from './evaluate-template.js';
import type { ExpandOptions, ModelTemplate } from './expand-options.js';
import { explainLoadError } from './explain-error.js';
import { exportedNames } from './exported-names.js';
import { liveNames } from './live-values.js';
import { bundleFiles, type LoadedBundle, loadBundle } from './load-macros.js';
import { frameLocator } from './macro-frames.js';
import { macroScope } from './macro-scope.js';

/** The TypeScript of a project, loaded as far as it can be. */
export interface ProjectCode {
  readonly scope: Scope;
  readonly loaded: LoadedBundle | undefined;
  /** The module that each name in scope is from: `parquetry` or the path of a macro file. */
  readonly origins: ReadonlyMap<string, string>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Bundles macro files and TypeScript models and, where something is to run, loads them. */
export async function loadProjectCode(
  options: ExpandOptions,
  models: readonly ModelTemplate[],
  isNeeded: boolean,
): Promise<ProjectCode> {
  const { rootDir, cacheDir, memo, macros } = options;
  const all = [...macros, ...models];
  const paths = new Set(all.map((file) => file.path));
  if (all.length === 0)
    return projectCode(options, undefined, [], {
      locate: frameLocator(rootDir, undefined, paths),
      codeOf: () => undefined,
      outsideKey: '',
      isRepeatable: true,
    });

  const { file, codeOf, outsideKey, isRepeatable, diagnostics } = await bundleFiles({
    rootDir,
    cacheDir,
    memo,
    macros,
    models,
  });
  const locate = frameLocator(rootDir, file, paths);
  const code = { locate, codeOf, outsideKey, isRepeatable };
  if (file === undefined || !isNeeded) return projectCode(options, undefined, diagnostics, code);
  try {
    const url = pathToFileURL(file).href;
    return projectCode(options, await loadBundle(file), diagnostics, code, url);
  } catch (thrown) {
    const failed = explainLoadError(thrown, locate, new Set());
    return projectCode(options, undefined, [...diagnostics, failed], code);
  }
}

function projectCode(
  options: ExpandOptions,
  loaded: LoadedBundle | undefined,
  loadDiagnostics: readonly Diagnostic[],
  code: Pick<Scope, 'locate' | 'codeOf' | 'outsideKey' | 'isRepeatable'>,
  bundleUrl?: string,
): ProjectCode {
  const { macros, owners, diagnostics } = macroScope(options.macros, loaded?.macros ?? []);
  const isBroken = loadDiagnostics.length > 0;
  // Without running the files, what their text says.
  const declared = new Map(
    !loaded || isBroken
      ? options.macros.flatMap(({ path, text }) =>
          [...exportedNames(text).keys()].map((name) => [name, path] as const),
        )
      : [],
  );
  const scope: Scope = {
    macros,
    brokenNames: new Set(isBroken ? [...declared.keys()].filter((name) => !macros.has(name)) : []),
    names: [...new Set([...macros.keys(), ...liveNames, ...Object.keys(fixedApi)])],
    fixed: fixedApi,
    bundleUrl,
    ...code,
  };
  const own = [...liveNames, ...Object.keys(fixedApi)].map((name) => [name, 'parquetry'] as const);
  const origins = new Map([...own, ...declared, ...owners]);
  return { scope, loaded, origins, diagnostics: [...loadDiagnostics, ...diagnostics] };
}
