import { SourceMap } from 'node:module';
import { compileFunction } from 'node:vm';
import { offsetAt } from './text-position.js';

/** File name of compiled expressions in error stacks. */
export const expressionFile = 'parquetry-expression';

/** JavaScript for an expression whose TypeScript is not JavaScript already. */
export interface StrippedExpression {
  /** Assigns a function that returns the value to `strippedName`. */
  readonly js: string;
  /** Source map from `js` to `strippedSource(code)`. */
  readonly map: string;
}

export interface CompiledExpression {
  /** Runs it with the values of the names it was compiled for, in that order. */
  readonly run: (...values: readonly unknown[]) => unknown;
  /** Turns a line and column of an error's stack into an offset in the expression's code. */
  readonly offsetOf: (line: number, column: number) => number;
}

/** The variable that stripped code assigns to. */
const strippedName = '__parquetry_expression';

/** The TypeScript file that is made of an expression to have its types stripped; its code starts on line 2. */
export function strippedSource(code: string): string {
  return `${strippedName} = () => (\n${code}\n)`;
}

/** Compiles an expression for names in scope. Throws `SyntaxError` when it is not JavaScript. */
export function compileExpression(
  code: string,
  names: readonly string[],
  stripped?: StrippedExpression,
): CompiledExpression {
  const body = stripped
    ? `"use strict"; let ${strippedName};\n${stripped.js}\nreturn ${strippedName}();`
    : `"use strict"; return (\n${code}\n)`;
  const run = compileFunction(body, [...names], { filename: expressionFile }) as CompiledExpression['run'];
  if (!stripped) return { run, offsetOf: (line, column) => offsetAt(code, line - 1, column) };
  return {
    run,
    offsetOf: (line, column) => {
      const entry = new SourceMap(JSON.parse(stripped.map)).findEntry(line - 2, column - 1);
      return 'originalLine' in entry ? offsetAt(code, entry.originalLine, entry.originalColumn + 1) : 0;
    },
  };
}
