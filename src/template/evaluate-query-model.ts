import { isOperationNodeSource } from 'kysely';
import { LineIndex } from '../diagnostics/span.js';
import type { ExpandedTransform } from '../ir/expanded-model.js';
import { transformSql } from '../ir/transform-sql.js';
import type { Reexpanded } from '../ports/expansion.js';
import type { Transform } from '../ports/transform.js';
import { querySql } from './duckdb-query-compiler.js';
import type { Scope, Template } from './evaluate-template.js';
import { type ExpansionContext, withContext } from './expansion-context.js';
import { explainModelError } from './explain-error.js';
import { bindLiveValues, liveValues } from './live-values.js';
import { Relation } from './relation.js';
import { secretRanges } from './secret-ranges.js';
import { isBecauseOfBrokenFile, SchemaNeeded, TemplateError } from './template-error.js';
import { isTransform, type TransformModel } from './transform.js';
import { codeWithValues, usedSecrets } from './used-values.js';

const defaultBatchSize = 10_000;

/**
 * Expands a model written in TypeScript: its default export is a query or fragment of Kysely's, a transform, or
 * a function that returns one. Its SQL maps to `export default` as a whole.
 */
export function evaluateQueryModel(
  template: Template,
  exports: Readonly<Record<string, unknown>>,
  context: ExpansionContext,
  scope: Scope,
  onTransform: (code: Transform) => void,
): Reexpanded {
  const { name, path, text } = template;
  const start = Math.max(0, text.search(/^[ \t]*export\s+default\b/m));
  const end = text.trimEnd().length;
  const whole = new LineIndex(text).span(path, start, end);
  const explain = (thrown: unknown) => explainModelError(thrown, whole, scope.locate, context.secrets);
  let transform: ExpandedTransform | undefined;
  try {
    const sql = withContext(context, () => {
      bindLiveValues(liveValues(context), scope.bundleUrl);
      const exported = exports.default;
      const query = typeof exported === 'function' ? exported() : exported;
      if (isTransform(query)) {
        const { columns } = query.options;
        const code = scope.codeOf(path);
        transform = { columns, code: code ? codeWithValues(code.hash, code.uses, context) : '' };
        onTransform({ ...withDefaults(query), explain });
        return transformSql(columns, selectSql(query));
      }
      if (!isOperationNodeSource(query)) throw notAQuery(query);
      return querySql(query);
    });
    const refs = [...context.refs];
    if (context.needs.size > 0) return waiting(template, context);
    const hidden = secretRanges(sql, 0, context.secrets);
    // What its function reads while it runs must not be shown either.
    if (transform) for (const value of secretsOf(path, context, scope)) context.secrets.add(value);
    const segment = { kind: 'expression', outStart: 0, outEnd: sql.length } as const;
    const segments = [{ ...segment, sourceStart: start, sourceEnd: end, ...(hidden.length && { hidden }) }];
    return {
      model: { name, path, sql, segments, refs, ...(transform && { transform }) },
      diagnostics: [],
    };
  } catch (thrown) {
    if (thrown instanceof SchemaNeeded) return waiting(template, context);
    if (isBecauseOfBrokenFile(thrown)) return { diagnostics: [] };
    return { diagnostics: [explain(thrown)] };
  }
}

function secretsOf(path: string, context: ExpansionContext, { codeOf }: Scope): readonly string[] {
  const code = codeOf(path);
  return code ? usedSecrets(code.uses, context) : [];
}

/** The input as a query: a table by its name is one too. */
function selectSql({ input }: TransformModel): string {
  const sql = querySql(input);
  return input instanceof Relation ? `select * from ${sql}` : sql;
}

function withDefaults({ options, run }: TransformModel): Omit<Transform, 'explain'> {
  const { concurrency = 1, retries = 0, batchSize = defaultBatchSize } = options;
  return { concurrency, retries, batchSize, run: run as unknown as Transform['run'] };
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
