import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import { LineIndex } from '../diagnostics/span.js';
import type { Memo } from '../ports/memo.js';
import { rememberedOf } from '../util/remembered-of.js';
import { type CompiledExpression, compileExpression, type StrippedExpression } from './compile-expression.js';
import type { TemplateExpression } from './scan-template.js';
import { type StripError, stripTypes } from './strip-types.js';

/** The file that an expression stands in. */
export interface ExpressionFile {
  readonly path: string;
  readonly text: string;
}

/** An expression that is ready to run. */
export interface PreparedExpression {
  readonly expression: TemplateExpression;
  /** Names in scope that it uses, in the order in which it takes their values. */
  readonly names: readonly string[];
  readonly compiled: CompiledExpression;
}

export interface ExpressionInFile {
  readonly file: ExpressionFile;
  readonly expression: TemplateExpression;
}

const compiledOf = rememberedOf<TemplateExpression, PreparedExpression | undefined>();
const maxRemembered = 20_000;
const remembered = new Map<string, CompiledExpression>();

/**
 * Compiles expressions for the names in scope. Most are JavaScript as they stand; only the others have
 * their types stripped by esbuild. The result has no entry for those that do not parse.
 */
export async function prepareExpressions(
  all: readonly ExpressionInFile[],
  namesInScope: ReadonlySet<string>,
  memo: Memo,
): Promise<{
  readonly prepared: ReadonlyMap<TemplateExpression, PreparedExpression>;
  readonly diagnostics: readonly Diagnostic[];
}> {
  const prepared = new Map<TemplateExpression, PreparedExpression>();
  const diagnostics: Diagnostic[] = [];
  const around = [...namesInScope].join();
  const isInScope = (name: string) => namesInScope.has(name);
  const typed: ExpressionInFile[] = [];
  for (const item of all) {
    const { expression, file } = item;
    if (expression.code.trim() === '') {
      const span = new LineIndex(file.text).span(file.path, expression.start, expression.end);
      diagnostics.push(errorDiagnostic('template/syntax-error', 'This ${} is empty.', { span }));
      continue;
    }
    const compile = () => (expression.hasAngle ? undefined : tryCompile(expression, isInScope));
    const compiled = compiledOf(expression, around, compile);
    if (compiled) prepared.set(expression, compiled);
    else typed.push(item);
  }
  if (typed.length === 0) return { prepared, diagnostics };

  const results = await stripTypes(new Set(typed.map(({ expression }) => expression.code)), memo);
  for (const { file, expression } of typed) {
    const result = results.get(expression.code)!;
    const compiled =
      result.kind === 'stripped' ? tryCompile(expression, isInScope, result.expression) : undefined;
    if (compiled) {
      prepared.set(expression, compiled);
      continue;
    }
    const errors: readonly StripError[] =
      result.kind === 'failed'
        ? result.errors
        : [{ message: 'This is not an expression.', start: 0, end: expression.code.length }];
    const lines = new LineIndex(file.text);
    for (const { message, start, end } of errors) {
      const span = lines.span(file.path, expression.codeStart + start, expression.codeStart + end);
      diagnostics.push(errorDiagnostic('template/syntax-error', message, { span }));
    }
  }
  return { prepared, diagnostics };
}

function tryCompile(
  expression: TemplateExpression,
  isInScope: (name: string) => boolean,
  stripped?: StrippedExpression,
): PreparedExpression | undefined {
  const names = [...new Set(expression.identifiers.map((i) => i.name))].filter(isInScope);
  const key = `${names.join()}\n${expression.code}`;
  let compiled = remembered.get(key);
  if (!compiled) {
    try {
      compiled = compileExpression(expression.code, names, stripped);
    } catch (thrown) {
      if (thrown instanceof SyntaxError) return undefined;
      throw thrown;
    }
    if (remembered.size >= maxRemembered) remembered.clear();
    remembered.set(key, compiled);
  }
  return { expression, names, compiled };
}
