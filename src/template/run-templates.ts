import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { ExpandedModel, PendingModel } from '../ir/expanded-model.js';
import type { Expansion, ExpansionMode, Reexpanded } from '../ports/expansion.js';
import type { Transform } from '../ports/transform.js';
import { hash } from '../util/hash.js';
import { emptyRecord, own } from '../util/own.js';
import { endedByInterrupt } from './ended-by-interrupt.js';
import { evaluateQueryModel } from './evaluate-query-model.js';
import { evaluateTemplate, type Scope } from './evaluate-template.js';
import type { ExpandOptions, KnownExpansions, ModelTemplate, TemplateToRun } from './expand-options.js';
import type { ExpansionContext } from './expansion-context.js';
import { explainLoadError } from './explain-error.js';
import { loadProjectCode } from './load-project-code.js';
import { prepareExpressions } from './prepare-expressions.js';
import { isRepeatable } from './repeatable-code.js';
import { isBecauseOfBrokenFile } from './template-error.js';

type SchemaOf = ExpansionContext['schemaOf'];
type Run = (context: ExpansionContext) => Reexpanded;

interface FileRun {
  readonly name: string;
  readonly run: Run;
  /** Set where it gives the same each time. */
  readonly repeatable?: ModelTemplate;
}

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

  const runs = new Map<string, FileRun>();
  const { prepared, diagnostics: syntaxErrors } = await prepareExpressions(
    sqlTemplates.flatMap(({ template, scanned }) =>
      scanned.expressions.map((expression) => ({ file: template, expression })),
    ),
    new Set(scope.names),
    options.memo,
  );
  diagnostics.push(...syntaxErrors);
  for (const { template, scanned } of sqlTemplates) {
    const { expressions } = scanned;
    const isSound = scanned.diagnostics.length === 0 && expressions.every((e) => prepared.has(e));
    const file = { template, expressions, prepared, isSound };
    const run: Run = (context) => evaluateTemplate(file, context, scope);
    const again = scope.isRepeatable && expressions.every(({ code }) => isRepeatable(code));
    runs.set(template.path, { name: template.name, run, ...(again && { repeatable: template }) });
  }
  const configs = emptyRecord<unknown>();
  const transforms = new Map<string, Transform>();
  for (const [i, template] of queryModels.entries()) {
    try {
      const exports = await project.loaded?.models[i]?.();
      if (!exports) continue;
      if ('config' in exports) configs[template.name] = exports.config;
      const onTransform = (code: Transform) => transforms.set(template.name, code);
      const run: Run = (context) => evaluateQueryModel(template, exports, context, scope, onTransform);
      runs.set(template.path, { name: template.name, run });
    } catch (thrown) {
      if (!isBecauseOfBrokenFile(thrown)) diagnostics.push(explainLoadError(thrown, scope.locate, new Set()));
    }
  }

  const modeOf = (name: string): ExpansionMode => {
    const batch = options.batchOf?.(name, own(configs, name));
    return { incremental: options.isIncremental?.(name) ?? false, ...(batch && { batch }) };
  };
  const value: ExpandedModel[] = [];
  const pending: PendingModel[] = [];
  const around = valuesKey(options, scope);
  const known: KnownExpansions = options.known ?? ((_, __, make) => make());
  endedByInterrupt(() => {
    for (const { name, run, repeatable } of runs.values()) {
      const mode = modeOf(name);
      const runNow = () => run(newContext(name, options, () => undefined, mode));
      const result = repeatable ? known(repeatable, around + JSON.stringify(mode), runNow) : runNow();
      diagnostics.push(...result.diagnostics);
      if (result.model) value.push(result.model);
      if (result.pending) pending.push(result.pending);
    }
  });
  const retry = (path: string, schemaOf: SchemaOf, mode?: ExpansionMode): Reexpanded => {
    const file = runs.get(path);
    if (!file) return { diagnostics: [] };
    const context = newContext(file.name, options, schemaOf, mode ?? modeOf(file.name));
    return endedByInterrupt(() => file.run(context));
  };
  const scanned = sqlTemplates.map(({ template: { path, text }, scanned: { expressions: all } }) => {
    // What does not parse has been said. The list stays the same object where it can: much is remembered of it.
    const parses = all.every((expression) => prepared.has(expression));
    return { path, text, expressions: parses ? all : all.filter((expression) => prepared.has(expression)) };
  });
  return {
    value,
    pending,
    diagnostics,
    configs,
    transforms,
    retry,
    unrepeatable: [...runs].flatMap(([path, { repeatable }]) => (repeatable ? [] : [path])),
    scanned,
    outsideKey: scope.outsideKey,
    scope: project.origins,
  };
}

/** Stands for all that expressions can read besides `env` and the kind of run. */
function valuesKey(
  { vars, secretVars = {}, target, relations }: ExpandOptions,
  { bundleUrl = '', outsideKey }: Scope,
): string {
  return hash(
    bundleUrl,
    outsideKey,
    JSON.stringify([vars, Object.keys(secretVars)]),
    target.name,
    ...(relations ?? []),
  );
}

function newContext(
  name: string,
  options: ExpandOptions,
  schemaOf: SchemaOf,
  { incremental, batch, vars }: ExpansionMode,
): ExpansionContext {
  return {
    name,
    incremental,
    batch,
    vars: vars ? { ...options.vars, ...vars } : options.vars,
    secretVars: options.secretVars ?? {},
    target: options.target,
    env: options.env,
    relations: options.relations,
    schemaOf,
    refs: new Set(),
    needs: new Set(),
    secrets: new Set(),
  };
}
