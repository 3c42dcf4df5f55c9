import { isOperationNodeSource } from 'kysely';
import { LineIndex } from '../diagnostics/span.js';
import type { Reexpanded } from '../ports/expansion.js';
import { querySql } from './duckdb-query-compiler.js';
import type { Scope, Template } from './evaluate-template.js';
import { type ExpansionContext, withContext } from './expansion-context.js';
import { explainModelError } from './explain-error.js';
import { bindLiveValues, liveValues } from './live-values.js';
import { isBecauseOfBrokenFile, SchemaNeeded, TemplateError } from './template-error.js';

/**
 * Expands a model written in TypeScript: its default export is a query or fragment of Kysely's, or a
 * function that returns one. Its SQL maps to `export default` as a whole.
 */
export function evaluateQueryModel(
  template: Template,
  exports: Readonly<Record<string, unknown>>,
  context: ExpansionContext,
  scope: Scope,
): Reexpanded {
  const { name, path, text } = template;
  const start = Math.max(0, text.search(/^[ \t]*export\s+default\b/m));
  const end = text.trimEnd().length;
  try {
    const sql = withContext(context, () => {
      bindLiveValues(liveValues(context), scope.bundleUrl);
      const exported = exports.default;
      const query = typeof exported === 'function' ? exported() : exported;
      if (!isOperationNodeSource(query)) throw notAQuery(query);
      return querySql(query);
    });
    const refs = [...context.refs];
    if (context.needs.size > 0) return waiting(template, context);
    const whole = { kind: 'expression', outStart: 0, outEnd: sql.length } as const;
    const segments = [{ ...whole, sourceStart: start, sourceEnd: end }];
    return { model: { name, path, sql, segments, refs }, diagnostics: [] };
  } catch (thrown) {
    if (thrown instanceof SchemaNeeded) return waiting(template, context);
    if (isBecauseOfBrokenFile(thrown)) return { diagnostics: [] };
    const whole = new LineIndex(text).span(path, start, end);
    return { diagnostics: [explainModelError(thrown, whole, scope.locate, context.secrets)] };
  }
}

function waiting({ name, path }: Template, context: ExpansionContext): Reexpanded {
  return {
    pending: { name, path, needs: [...context.needs], refs: [...context.refs] },
    diagnostics: [],
  };
}

function notAQuery(value: unknown): TemplateError {
  return value instanceof Promise
    ? new TemplateError(
        'template/bad-value',
        'The default export is an async function.',
        'return the query itself: the build runs it.',
      )
    : new TemplateError(
        'template/bad-value',
        'A TypeScript model must export a query as its default.',
        "write: export default db.selectFrom('…').selectAll();",
      );
}
