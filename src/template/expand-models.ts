import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { ExpandedModel } from '../ir/expanded-model.js';
import type { PlainValue, TextFile } from '../ir/project.js';
import type { Expansion } from '../ports/expansion.js';
import type { Memo } from '../ports/memo.js';
import type { Template } from './evaluate-template.js';
import type { Batch, TargetInfo } from './expansion-context.js';
import { type ScannedTemplate, scanTemplate } from './scan-template.js';

/** A model (or test) to expand; `language` defaults to `sql`. */
export interface ModelTemplate extends Template {
  readonly language?: 'sql' | 'ts';
}

export interface ExpandOptions {
  readonly rootDir: string;
  /** Absolute path of a folder for bundled macros, such as `<root>/.etl/cache/macros`. */
  readonly cacheDir: string;
  readonly memo: Memo;
  /** `macros/**\/*.ts`, sorted by path. */
  readonly macros: readonly TextFile[];
  readonly vars: Readonly<Record<string, PlainValue>>;
  readonly target: TargetInfo;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Names that `ref` and `source` may take. Default: any; the compiler finds unknown ones later. */
  readonly relations?: ReadonlySet<string>;
  /** Whether a model only adds rows in this run. Default: none does. */
  readonly isIncremental?: (model: string) => boolean;
  readonly batchOf?: (model: string) => Batch | undefined;
}

/** A template with what was found in it. */
export interface TemplateToRun {
  readonly template: ModelTemplate;
  readonly scanned: ScannedTemplate;
}

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
    const scanned = scanTemplate(template.path, template.text, template.bodyOffset);
    diagnostics.push(...scanned.diagnostics);
    if (scanned.expressions.length > 0) toRun.push({ template, scanned });
    else if (scanned.diagnostics.length === 0) value.push(verbatim(template));
  }
  if (toRun.length === 0 && options.macros.length === 0) {
    return { value, diagnostics, pending: [], configs: {}, retry: () => ({ diagnostics: [] }) };
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
