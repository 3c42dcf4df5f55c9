import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { ExpandedModel } from '../ir/expanded-model.js';
import type { Expansion } from '../ports/expansion.js';
import { rememberedOf } from '../util/remembered-of.js';
import type { ExpandOptions, ModelTemplate, TemplateToRun } from './expand-options.js';
import { type ScannedTemplate, scanTemplate } from './scan-template.js';

const scannedOf = rememberedOf<ModelTemplate, ScannedTemplate>();
const verbatimOf = rememberedOf<ModelTemplate, ExpandedModel>();

/**
 * Runs the `${…}` of all models. One without any is its own text and costs next to nothing; the code that
 * runs expressions is loaded only when there is something to run or a macro file to check.
 */
export async function expandModels(
  models: readonly ModelTemplate[],
  options: ExpandOptions,
): Promise<Expansion> {
  const value: ExpandedModel[] = [];
  const toRun: TemplateToRun[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const template of models) {
    if (template.language === 'ts') {
      toRun.push({ template, scanned: { expressions: [], diagnostics: [] } });
      continue;
    }
    const { path, text, bodyOffset } = template;
    const scanned = scannedOf(template, '', () => scanTemplate(path, text, bodyOffset));
    diagnostics.push(...scanned.diagnostics);
    if (scanned.expressions.length > 0) toRun.push({ template, scanned });
    else if (scanned.diagnostics.length === 0) value.push(verbatimOf(template, '', () => verbatim(template)));
  }
  if (toRun.length === 0 && options.macros.length === 0) {
    const nothing = {
      pending: [],
      configs: {},
      transforms: new Map(),
      unrepeatable: [],
      scanned: [],
      outsideKey: '',
      scope: new Map(),
    };
    return { ...nothing, value, diagnostics, retry: () => ({ diagnostics: [] }) };
  }
  const { runTemplates } = await import('./run-templates.js');
  const ran = await runTemplates(toRun, options);
  return { ...ran, value: [...value, ...ran.value], diagnostics: [...diagnostics, ...ran.diagnostics] };
}

function verbatim({ name, path, text, bodyOffset }: ModelTemplate): ExpandedModel {
  const sql = text.slice(bodyOffset);
  const offsets = { outStart: 0, outEnd: sql.length, sourceStart: bodyOffset, sourceEnd: text.length };
  return { name, path, sql, segments: [{ kind: 'text', ...offsets }], refs: [] };
}
