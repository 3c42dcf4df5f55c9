import { pathToFileURL } from 'node:url';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { ExpandedModel, PendingModel } from '../ir/expanded-model.js';
import type { Expansion, Reexpanded } from '../ports/expansion.js';
import { fixedApi } from './api-module.js';
import { evaluateQueryModel } from './evaluate-query-model.js';
import { evaluateTemplate, type Scope } from './evaluate-template.js';
import type { ExpandOptions, ModelTemplate, TemplateToRun } from './expand-options.js';
import type { ExpansionContext } from './expansion-context.js';
import { explainLoadError } from './explain-error.js';
import { exportedNames } from './exported-names.js';
import { liveNames } from './live-values.js';
import { bundleFiles, type LoadedBundle, loadBundle } from './load-macros.js';
import { type FrameLocator, frameLocator } from './macro-frames.js';
import { macroScope } from './macro-scope.js';
import { prepareExpressions } from './prepare-expressions.js';
import { isBecauseOfBrokenFile } from './template-error.js';

type SchemaOf = ExpansionContext['schemaOf'];
type Run = (context: ExpansionContext) => Reexpanded;

/** Loads the macros and runs every template that has something to run. */
export async function runTemplates(
  toRun: readonly TemplateToRun[],
  options: ExpandOptions,
): Promise<Expansion> {
  const queryModels = toRun.flatMap(({ template }) => (template.language === 'ts' ? [template] : []));
  const sqlTemplates = toRun.filter(({ template }) => template.language !== 'ts');
  const project = await loadProjectCode(options, queryModels, toRun.length > 0);
  const diagnostics: Diagnostic[] = [...project.diagnostics];
  const { scope } = project;

  const runs = new Map<string, { name: string; run: Run }>();
  const known = new Set(scope.names);
  const { prepared, diagnostics: syntaxErrors } = await prepareExpressions(
    sqlTemplates.flatMap(({ template, scanned }) =>
      scanned.expressions.map((expression) => ({ file: template, expression })),
    ),
    (name) => known.has(name),
    options.memo,
  );
  diagnostics.push(...syntaxErrors);
  for (const { template, scanned } of sqlTemplates) {
    const { expressions } = scanned;
    const isSound = scanned.diagnostics.length === 0 && expressions.every((e) => prepared.has(e));
    const file = { template, expressions, prepared, isSound };
    const run: Run = (context) => evaluateTemplate(file, context, scope);
    runs.set(template.path, { name: template.name, run });
  }
  const configs: Record<string, unknown> = {};
  for (const [i, template] of queryModels.entries()) {
    try {
      const exports = await project.loaded?.models[i]?.();
      if (!exports) continue;
      if ('config' in exports) configs[template.name] = exports.config;
      const run: Run = (context) => evaluateQueryModel(template, exports, context, scope);
      runs.set(template.path, { name: template.name, run });
    } catch (thrown) {
      if (!isBecauseOfBrokenFile(thrown)) diagnostics.push(explainLoadError(thrown, scope.locate, new Set()));
    }
  }

  const value: ExpandedModel[] = [];
  const pending: PendingModel[] = [];
  for (const { name, run } of runs.values()) {
    const result = run(newContext(name, options, () => undefined));
    diagnostics.push(...result.diagnostics);
    if (result.model) value.push(result.model);
    if (result.pending) pending.push(result.pending);
  }
  const retry = (path: string, schemaOf: SchemaOf): Reexpanded => {
    const file = runs.get(path);
    return file ? file.run(newContext(file.name, options, schemaOf)) : { diagnostics: [] };
  };
  return { value, pending, diagnostics, configs, retry };
}

function newContext(name: string, options: ExpandOptions, schemaOf: SchemaOf): ExpansionContext {
  return {
    name,
    incremental: options.isIncremental?.(name) ?? false,
    batch: options.batchOf?.(name),
    vars: options.vars,
    target: options.target,
    env: options.env,
    relations: options.relations,
    schemaOf,
    refs: new Set(),
    needs: new Set(),
    secrets: new Set(),
  };
}

interface ProjectCode {
  readonly scope: Scope;
  readonly loaded: LoadedBundle | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

async function loadProjectCode(
  options: ExpandOptions,
  models: readonly ModelTemplate[],
  isNeeded: boolean,
): Promise<ProjectCode> {
  const { rootDir, cacheDir, memo, macros } = options;
  const all = [...macros, ...models];
  const paths = new Set(all.map((file) => file.path));
  if (all.length === 0) return projectCode(options, undefined, [], frameLocator(rootDir, undefined, paths));

  const { file, diagnostics } = await bundleFiles({ rootDir, cacheDir, memo, macros, models });
  const locate = frameLocator(rootDir, file, paths);
  if (file === undefined || !isNeeded) return projectCode(options, undefined, diagnostics, locate);
  try {
    const url = pathToFileURL(file).href;
    return projectCode(options, await loadBundle(file), diagnostics, locate, url);
  } catch (thrown) {
    const failed = explainLoadError(thrown, locate, new Set());
    return projectCode(options, undefined, [...diagnostics, failed], locate);
  }
}

function projectCode(
  options: ExpandOptions,
  loaded: LoadedBundle | undefined,
  loadDiagnostics: readonly Diagnostic[],
  locate: FrameLocator,
  bundleUrl?: string,
): ProjectCode {
  const { macros, diagnostics } = macroScope(options.macros, loaded?.macros ?? []);
  const isBroken = loadDiagnostics.length > 0;
  const declared = isBroken ? options.macros.flatMap((file) => [...exportedNames(file.text).keys()]) : [];
  const scope: Scope = {
    macros,
    brokenNames: new Set(declared.filter((name) => !macros.has(name))),
    names: [...new Set([...macros.keys(), ...liveNames, ...Object.keys(fixedApi)])],
    fixed: fixedApi,
    bundleUrl,
    locate,
  };
  return { scope, loaded, diagnostics: [...loadDiagnostics, ...diagnostics] };
}
