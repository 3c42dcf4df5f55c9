import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { errorDiagnostic } from '../diagnostics/diagnostic.js';
import type { ExpandedModel } from '../ir/expanded-model.js';
import { quoteIdentifier } from '../util/sql-quote.js';
import { utf16Offset } from '../util/utf16-offset.js';
import { readMessage, sentence } from './engine-message.js';
import { hiddenInputHint, hiddenInputMessage, readerByText } from './hidden-inputs.js';
import { jinjaHint } from './jinja-hint.js';
import { findIdentifier, firstToken, nameAt, placeOf, type Stretch, tokenNear } from './locate.js';
import type { MacroSet } from './macro-set.js';
import type { NameTable } from './name-table.js';
import { type Statement, statement } from './parse-sql.js';
import type { ParsedSql, ParseProblem, TableReference } from './parsed-sql.js';
import { sqlTokens, statementEnd } from './sql-tokens.js';

/** A query of a file with what it names, before it is bound. */
export interface Draft {
  readonly expanded: ExpandedModel;
  readonly fileText: string;
  /** The statement without semicolons and comments behind it: offsets are those of the expanded SQL. */
  readonly sql: string;
  /** Stands for `sql`. */
  readonly key: string;
  readonly parsed: ParsedSql;
  /** Names of nodes, in the order in which they come up. */
  readonly tables: readonly string[];
  /** Names of the project's SQL macros that it calls itself. */
  readonly macros: readonly string[];
}

/** With an error there is no draft. */
export interface DraftedQuery {
  readonly draft?: Draft;
  readonly diagnostics: readonly Diagnostic[];
}

/** The statement that is parsed and bound. The hash of its file stands for SQL that is a part of the file as it is. */
export function statementOf(
  expanded: ExpandedModel,
  file?: { readonly text: string; readonly hash: string; readonly bodyOffset: number },
): Statement {
  const sql = expanded.sql.slice(0, statementEnd(expanded.sql));
  const [first, ...others] = expanded.segments;
  const isVerbatim =
    file !== undefined &&
    others.length === 0 &&
    first?.kind === 'text' &&
    first.sourceStart === file.bodyOffset &&
    first.sourceEnd === file.text.length;
  return isVerbatim ? { sql, key: `${file.hash} ${file.bodyOffset}` } : statement(sql);
}

/** Finds out what a parsed query names. */
export function draftQuery(
  expanded: ExpandedModel,
  fileText: string,
  { sql, key }: Statement,
  parsed: ParsedSql,
  names: NameTable,
  macros: MacroSet,
): DraftedQuery {
  if (parsed.problem) {
    // Front matter that does not end was reported, and took the SQL with it.
    if (parsed.problem.kind === 'empty' && endsInComment(fileText)) return { diagnostics: [] };
    return { diagnostics: [explainParsing(parsed.problem, expanded, fileText)] };
  }
  const diagnostics: Diagnostic[] = [];
  const reader = readerByText(parsed, (name) => macros.names.has(name));
  if (reader !== undefined) {
    const place = placeOf(expanded, fileText, findIdentifier(sql, reader) ?? firstToken(sql));
    const hint = hiddenInputHint;
    diagnostics.push(errorDiagnostic('compile/hidden-input', hiddenInputMessage(reader), { ...place, hint }));
  }
  const tables: string[] = [];
  const add = (reference: TableReference, place: () => Pick<Diagnostic, 'span' | 'excerpt'>) => {
    const resolution = names.resolve(reference);
    if ('name' in resolution) {
      if (!tables.includes(resolution.name)) tables.push(resolution.name);
      return;
    }
    const { problem, message, hint } = resolution;
    diagnostics.push(errorDiagnostic(`compile/${problem}`, message, { ...place(), ...(hint && { hint }) }));
  };
  for (const reference of parsed.tables) {
    add(reference, () => placeOf(expanded, fileText, referenceStretch(sql, reference)));
  }
  const isWritten = (ref: string) =>
    parsed.tables.some(
      ({ schema, name }) => (schema ? `${schema}.${name}` : name).toLowerCase() === ref.toLowerCase(),
    );
  for (const ref of expanded.refs) {
    if (!isWritten(ref)) add(toReference(ref), () => placeOf(expanded, fileText, firstToken(sql)));
  }
  if (diagnostics.length > 0) return { diagnostics };
  const draft = { expanded, fileText, sql, key, parsed, tables, macros: macros.calledBy(parsed) };
  return { draft, diagnostics };
}

function endsInComment(text: string): boolean {
  return /^\s*\/\*/.test(text) && !text.includes('*/');
}

/** Where a table is named in the SQL. */
export function referenceStretch(sql: string, { byteOffset }: TableReference): Stretch {
  return byteOffset === undefined ? firstToken(sql) : nameAt(sql, utf16Offset(sql, byteOffset));
}

export function toReference(name: string): TableReference {
  const dot = name.indexOf('.');
  return dot < 0 ? { name } : { schema: name.slice(0, dot), name: name.slice(dot + 1) };
}

function explainParsing(problem: ParseProblem, expanded: ExpandedModel, fileText: string): Diagnostic {
  const { sql } = expanded;
  const at = (stretch: Stretch) => placeOf(expanded, fileText, stretch);
  switch (problem.kind) {
    case 'syntax': {
      const { subject } = readMessage(problem.message);
      const stretch =
        problem.offset === undefined
          ? subject === undefined
            ? undefined
            : findIdentifier(sql, subject)
          : tokenNear(sql, problem.offset);
      const { keyword } = problem;
      const hint =
        jinjaHint(sql) ??
        (keyword && `${keyword} is a keyword: as a name, write ${quoteIdentifier(keyword)}`);
      return errorDiagnostic('compile/syntax-error', sentence(problem.message), {
        ...at(stretch ?? firstToken(sql)),
        ...(hint && { hint }),
      });
    }
    case 'empty':
      return errorDiagnostic('project/not-a-select', 'The file has no SQL.', {
        ...at({ start: 0, end: 0 }),
        hint: 'write one SELECT',
      });
    case 'several-statements':
      return errorDiagnostic('project/not-a-select', 'The file has more than one statement.', {
        ...at(secondStatement(sql)),
        hint: 'keep one SELECT here, and put each other one into its own file',
      });
    case 'parameter':
      return parameterError(at(firstParameter(sql)));
    case 'unsupported':
      return errorDiagnostic('compile/binder-error', sentence(problem.message), {
        ...at(firstToken(sql)),
        hint: 'write the type in another way, such as VARCHAR[] for a list of an ENUM',
      });
    case 'not-a-select':
      return notASelect(sql, at);
  }
}

function parameterError(place: Pick<Diagnostic, 'span' | 'excerpt'>): Diagnostic {
  const message = 'The query has a parameter that nothing gives a value to.';
  const hint = 'write ${vars.name} for a variable of etl.yml';
  return errorDiagnostic('compile/binder-error', message, { ...place, hint });
}

function notASelect(sql: string, at: (stretch: Stretch) => Pick<Diagnostic, 'span' | 'excerpt'>): Diagnostic {
  const words = [...sqlTokens(sql)].map((token) => sql.slice(token.start, token.end).toLowerCase());
  const pivot = [...sqlTokens(sql)].find((token) => /^pivot$/i.test(sql.slice(token.start, token.end)));
  if (pivot && ['pivot', 'with', 'from', 'select'].includes(words[0]!)) {
    return errorDiagnostic('project/not-a-select', 'The columns of this PIVOT depend on the data.', {
      ...at(pivot),
      hint: 'list its values: pivot … on … in (…)',
    });
  }
  // DuckDB cannot print a SELECT that has parameters of two kinds.
  const parameter = [...sqlTokens(sql)].find((token) => token.kind === 'parameter');
  if (parameter && ['from', 'select', 'values'].includes(words[0]!)) return parameterError(at(parameter));
  const first = firstToken(sql);
  const statement = sql.slice(first.start, first.end).toUpperCase();
  const makesMacro = words[0] === 'create' && words.some((word) => word === 'macro' || word === 'function');
  const hint = makesMacro
    ? 'put CREATE MACRO into a file under macros/'
    : words[0] === 'create' && words.includes('as')
      ? 'write the SELECT alone: what it becomes is said by `materialized:`'
      : 'write one SELECT that returns the rows';
  return errorDiagnostic('project/not-a-select', `${statement} is not a SELECT.`, { ...at(first), hint });
}

function secondStatement(sql: string): Stretch {
  let isBehind = false;
  for (const token of sqlTokens(sql)) {
    const isSemicolon = token.kind === 'symbol' && sql[token.start] === ';';
    if (isBehind && !isSemicolon) return token;
    if (isSemicolon) isBehind = true;
  }
  return firstToken(sql);
}

function firstParameter(sql: string): Stretch {
  for (const token of sqlTokens(sql)) if (token.kind === 'parameter') return token;
  return firstToken(sql);
}
