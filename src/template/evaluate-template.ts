import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { ExpandedModel, PendingModel, Segment } from '../ir/expanded-model.js';
import type { Reexpanded } from '../ports/expansion.js';
import { own } from '../util/own.js';
import type { TransformCode } from './bundle-macros.js';
import { toSql } from './duckdb-query-compiler.js';
import { type ExpansionContext, withContext } from './expansion-context.js';
import { explainError } from './explain-error.js';
import { bindLiveValues, type LiveValues, liveValues } from './live-values.js';
import type { FrameLocator } from './macro-frames.js';
import type { PreparedExpression } from './prepare-expressions.js';
import type { TemplateExpression } from './scan-template.js';
import { secretRanges } from './secret-ranges.js';
import { isBecauseOfBrokenFile, SchemaNeeded } from './template-error.js';

/** A file of SQL with `${…}` in it. */
export interface Template {
  readonly name: string;
  /** Relative to the project's root. */
  readonly path: string;
  readonly text: string;
  /** Where the SQL starts, behind the front matter. */
  readonly bodyOffset: number;
}

export interface PreparedTemplate {
  readonly template: Template;
  readonly expressions: readonly TemplateExpression[];
  /** Those that parse. */
  readonly prepared: ReadonlyMap<TemplateExpression, PreparedExpression>;
  /** False when something is wrong with its text already: its other expressions still run, for their errors. */
  readonly isSound: boolean;
}

/** What expressions run with, besides the context of their model. */
export interface Scope {
  readonly macros: ReadonlyMap<string, unknown>;
  /** Macros of files that do not parse or load: naming one is no second error. */
  readonly brokenNames: ReadonlySet<string>;
  readonly names: readonly string[];
  readonly fixed: Readonly<Record<string, unknown>>;
  readonly bundleUrl: string | undefined;
  readonly locate: FrameLocator;
  /** The code that a transform runs, by the path of its file. */
  readonly codeOf: (path: string) => TransformCode | undefined;
  /** Changes when a file does that macros or models import and that is none of them. */
  readonly outsideKey: string;
  /** Whether macros, as far as their text tells, give the same for the same arguments. */
  readonly isRepeatable: boolean;
}

/** Runs the expressions of one file and puts the SQL together. */
export function evaluateTemplate(
  file: PreparedTemplate,
  context: ExpansionContext,
  scope: Scope,
): Reexpanded {
  const { template } = file;
  const live = liveValues(context);
  const diagnostics: Diagnostic[] = [];
  const segments: Segment[] = [];
  let isWhole = file.isSound;
  let sql = '';
  let sourceEnd = template.bodyOffset;
  const append = (kind: Segment['kind'], text: string, sourceStart: number, end: number) => {
    const outStart = sql.length;
    sql += text;
    const hidden = kind === 'expression' ? secretRanges(text, outStart, context.secrets) : [];
    segments.push({
      kind,
      outStart,
      outEnd: sql.length,
      sourceStart,
      sourceEnd: end,
      ...(hidden.length && { hidden }),
    });
    sourceEnd = end;
  };
  withContext(context, () => {
    bindLiveValues(live, scope.bundleUrl);
    for (const expression of file.expressions) {
      const prepared = file.prepared.get(expression);
      const result = prepared ? evaluate(prepared, template, live, context, scope) : {};
      if (result.diagnostic) diagnostics.push(result.diagnostic);
      if (result.sql === undefined) isWhole = false;
      append('text', template.text.slice(sourceEnd, expression.start), sourceEnd, expression.start);
      append('expression', result.sql ?? '', expression.start, expression.end);
    }
  });
  append('text', template.text.slice(sourceEnd), sourceEnd, template.text.length);

  const { name, path } = template;
  const refs = [...context.refs];
  if (context.needs.size > 0 && diagnostics.length === 0 && file.isSound) {
    const pending: PendingModel = { name, path, needs: [...context.needs], refs };
    return { pending, diagnostics };
  }
  const model: ExpandedModel = { name, path, sql, segments, refs };
  return { ...(isWhole && { model }), diagnostics };
}

interface Evaluated {
  /** Undefined when it failed or waits for a schema. */
  readonly sql?: string;
  readonly diagnostic?: Diagnostic;
}

function evaluate(
  { expression, names, compiled }: PreparedExpression,
  template: Template,
  live: LiveValues,
  context: ExpansionContext,
  scope: Scope,
): Evaluated {
  const inScope = (name: string) =>
    scope.macros.has(name)
      ? scope.macros.get(name)
      : Object.hasOwn(live, name)
        ? live[name as keyof LiveValues]
        : own(scope.fixed, name);
  try {
    return { sql: toSql(compiled.run(...names.map(inScope))) };
  } catch (thrown) {
    if (thrown instanceof SchemaNeeded || isBecauseOfBrokenFile(thrown)) return {};
    const site = {
      file: template.path,
      text: template.text,
      expression,
      compiled,
      scope: scope.names,
      hasBatch: live.batch !== undefined,
      secrets: context.secrets,
    };
    const diagnostic = explainError(thrown, site, scope.locate);
    const subject = diagnostic.code === 'template/unknown-name' && diagnostic.span;
    const isKnownCause =
      subject && scope.brokenNames.has(template.text.slice(subject.start.offset, subject.end.offset));
    return isKnownCause ? {} : { diagnostic };
  }
}
