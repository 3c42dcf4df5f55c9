import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import { LineIndex, type Span } from '../diagnostics/span.js';
import type { TextFile } from '../ir/project.js';
import { identifierText, type SqlToken, sqlTokens } from './sql-tokens.js';

/** One CREATE MACRO statement of a file under `macros/`, not yet looked at by DuckDB. */
export interface WrittenMacro {
  readonly name: string;
  readonly path: string;
  /** Everything from the name on: `name(a, b) AS …`. */
  readonly rest: string;
  /** UTF-16 offset of `rest` in the file. */
  readonly restStart: number;
  readonly nameSpan: Span;
  /** What it computes, as queries: a table macro's own, or `select <expression>`; one per overload. */
  readonly bodies: readonly string[];
}

interface Statement {
  readonly tokens: readonly SqlToken[];
  readonly end: number;
}

/** Splits a file of CREATE MACRO statements. Anything else in it is an error. */
export function readMacroFile(file: TextFile): {
  readonly macros: readonly WrittenMacro[];
  readonly diagnostics: readonly Diagnostic[];
} {
  const macros: WrittenMacro[] = [];
  const diagnostics: Diagnostic[] = [];
  const lines = new LineIndex(file.text);
  for (const statement of splitStatements(file.text)) {
    const macro = readStatement(file, statement, lines);
    if ('message' in macro) diagnostics.push(macro);
    else macros.push(macro);
  }
  return { macros, diagnostics };
}

function* splitStatements(text: string): Generator<Statement> {
  let tokens: SqlToken[] = [];
  for (const token of sqlTokens(text)) {
    if (text[token.start] === ';' && token.kind === 'symbol') {
      if (tokens.length > 0) yield { tokens, end: tokens.at(-1)!.end };
      tokens = [];
    } else {
      tokens.push(token);
    }
  }
  if (tokens.length > 0) yield { tokens, end: tokens.at(-1)!.end };
}

function readStatement(
  file: TextFile,
  { tokens, end }: Statement,
  lines: LineIndex,
): WrittenMacro | Diagnostic {
  const { text, path } = file;
  const words = tokens.slice(0, 9).map((token) => text.slice(token.start, token.end).toLowerCase());
  let next = 0;
  const take = (...expected: string[]) => {
    if (!expected.every((word, i) => words[next + i] === word)) return false;
    next += expected.length;
    return true;
  };
  const refuse = (message: string, hint: string, token = tokens[0]!) =>
    errorDiagnostic('compile/sql-macro', message, { span: lines.span(path, token.start, token.end), hint });

  const isCreate = take('create');
  take('or', 'replace');
  if (!take('temporary')) take('temp');
  if (!isCreate || !(take('macro') || take('function'))) {
    return refuse(
      'Only CREATE MACRO stands in macros/*.sql.',
      'put queries into models/, and settings and secrets into engine.init of etl.yml',
    );
  }
  take('if', 'not', 'exists');
  const nameToken = tokens[next];
  if (!nameToken || (nameToken.kind !== 'word' && nameToken.kind !== 'quoted')) {
    return refuse('CREATE MACRO without a name.', 'write create macro name(a, b) as …');
  }
  const nameSpan = lines.span(path, nameToken.start, nameToken.end);
  const after = tokens[next + 1];
  if (after && text[after.start] === '.') {
    return refuse('A macro has no schema.', 'write its name alone', nameToken);
  }
  return {
    name: identifierText(text, nameToken),
    path,
    rest: text.slice(nameToken.start, end),
    restStart: nameToken.start,
    nameSpan,
    bodies: readBodies(text, tokens.slice(next + 1), end),
  };
}

/** The query behind each `) AS`: an overload starts with a comma outside of all brackets. */
function readBodies(text: string, tokens: readonly SqlToken[], end: number): readonly string[] {
  const starts: { readonly at: number; readonly isTable: boolean; readonly header: number }[] = [];
  let depth = 0;
  let header = 0;
  for (const [i, token] of tokens.entries()) {
    const word = text.slice(token.start, token.end).toLowerCase();
    if (word === '(' || word === '[' || word === '{') {
      if (depth === 0) header = token.start;
      depth++;
    } else if (word === ')' || word === ']' || word === '}') {
      depth--;
    }
    const follows = i > 0 && text[tokens[i - 1]!.start] === ')';
    if (depth !== 0 || word !== 'as' || !follows) continue;
    const startsOverload = starts.length === 0 || text.slice(0, header).trimEnd().endsWith(',');
    const following = tokens[i + 1];
    if (!startsOverload || !following) continue;
    const isTable = text.slice(following.start, following.end).toLowerCase() === 'table';
    // Inside a table macro `, (a) as b` is a column; only `, (a) as table` starts an overload.
    if (starts.at(-1)?.isTable && !isTable) continue;
    starts.push({ at: isTable ? following.end : token.end, isTable, header });
  }
  return starts.map(({ at, isTable }, i) => {
    const next = starts[i + 1];
    const body = text.slice(at, next ? text.lastIndexOf(',', next.header) : end).trim();
    return isTable ? body : `select ${body}`;
  });
}
