import type { DiagnosticCode } from '../diagnostics/codes.js';
import type { EngineError } from '../ports/engine.js';
import type { TableSchema } from '../schema/table-schema.js';
import { nearest } from '../util/nearest.js';
import { candidatesIn, type MessageFacts, readMessage } from './engine-message.js';
import { chainAt, findIdentifier, firstToken, nameAt, type Stretch, tokenNear } from './locate.js';
import { identifierText, sqlTokens } from './sql-tokens.js';

export interface BindingProblem extends Stretch {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly hint?: string;
  /** The SQL macro in whose body the error is; the place is then that of its call. */
  readonly macro?: string;
}

export interface BindingContext {
  readonly sql: string;
  /** The tables that the query reads. */
  readonly tables: ReadonlyMap<string, TableSchema>;
  /** Lower-case names of the SQL macros that it calls. */
  readonly macros: readonly string[];
  /** A TypeScript macro of that name, as it is written. */
  readonly typescriptMacro: (name: string) => string | undefined;
}

/** Turns what DuckDB has against a query into a person's terms, at the stretch of the SQL that is wrong. */
export function explainBinding(error: EngineError, context: BindingContext): BindingProblem {
  switch (error.kind) {
    case 'unknown-column':
      return unknownColumn(error, error.details.subject ?? '', undefined, context);
    case 'unknown-function':
      return unknownFunction(error, context);
    case 'type-mismatch':
    case 'conversion': {
      const { message } = readMessage(error.message);
      const hint = error.kind === 'conversion' ? undefined : 'cast an argument to a type that it takes';
      return {
        code: 'compile/type-mismatch',
        message,
        ...(hint && { hint }),
        ...place(error, undefined, context),
      };
    }
    default:
      return other(error, context);
  }
}

function other(error: EngineError, context: BindingContext): BindingProblem {
  const { entryType, subject } = error.details;
  if (entryType === 'Type' && subject !== undefined) {
    const close = nearest(subject, error.details.candidates ?? []);
    return {
      code: 'compile/binder-error',
      message: `There is no type "${subject}".`,
      ...(close && { hint: `did you mean "${close}"?` }),
      ...place(error, subject, context),
    };
  }
  const facts = readMessage(error.message);
  if (facts.code === 'compile/unknown-column') return unknownColumn(error, facts.subject!, facts, context);
  const candidates = candidatesIn(error.message);
  const close = facts.subject && (nearest(facts.subject, candidates) ?? candidates[0]);
  return {
    code: facts.code ?? 'compile/binder-error',
    message: facts.message,
    ...(close && { hint: `did you mean "${close}"?` }),
    ...place(error, facts.subject, context),
  };
}

function unknownColumn(
  error: EngineError,
  column: string,
  facts: MessageFacts | undefined,
  context: BindingContext,
): BindingProblem {
  const at = place(error, column, context, facts?.behind);
  const table = facts?.isOfQuery ? undefined : soleTable(at, context);
  // Behind a dot, DuckDB names the alias; a person wants the table.
  const message =
    facts && !(table && facts.isQualified)
      ? facts.message
      : table
        ? `Column "${column}" does not exist in ${table}.`
        : `Column "${column}" does not exist in any table of FROM.`;
  const offered = [...(error.details.candidates ?? []), ...candidatesIn(error.message)];
  const hint = columnHint(
    column,
    table,
    offered.map((name) => name.split('.').at(-1)!),
    context,
  );
  return { code: 'compile/unknown-column', message, ...(hint && { hint }), ...at };
}

function columnHint(
  column: string,
  table: string | undefined,
  offered: readonly string[],
  { sql, tables }: BindingContext,
): string | undefined {
  const columnsOf = (name: string) => tables.get(name)?.columns.map((c) => c.name) ?? [];
  const lower = column.toLowerCase();
  const owners = [...tables.keys()].filter((name) => columnsOf(name).some((c) => c.toLowerCase() === lower));
  if (owners.length > 0 && !(table && owners.includes(table))) {
    return `${owners.join(' and ')} ${owners.length > 1 ? 'have' : 'has'} it`;
  }
  const known = table ? columnsOf(table) : [...tables.keys()].flatMap(columnsOf);
  const close = nearest(column, new Set([...offered, ...known, ...(table ? [] : namesGiven(sql))]));
  if (close) return `did you mean "${close}"?`;
  const some = table ? columnsOf(table) : [...new Set(offered)];
  if (some.length === 0) return undefined;
  const shown = some.slice(0, 12).join(', ');
  const verb = table ? 'has' : some.length === 1 ? 'is' : 'are';
  return `${table ?? 'there'} ${verb} ${shown}${some.length > 12 ? ', …' : ''}`;
}

/** What stands behind an `as`: DuckDB does not say which columns a CTE or a query in brackets has. */
function namesGiven(sql: string): readonly string[] {
  const words = [...sqlTokens(sql)].map((token) => identifierText(sql, token));
  return words.filter((word, i) => words[i - 1]?.toLowerCase() === 'as' && /^[\w\s]+$/.test(word));
}

/** The one table that a column can only come from: the one its qualifier names, or the only one in FROM. */
function soleTable({ start }: Stretch, { sql, tables }: BindingContext): string | undefined {
  const qualifier = qualifierOf(sql, start);
  if (qualifier === undefined) {
    const [only, ...others] = tables.keys();
    // A query in brackets or a CTE may be what lacks the column.
    return others.length === 0 && !/\bselect\b.*\bselect\b/is.test(sql) ? only : undefined;
  }
  const lower = qualifier.toLowerCase();
  for (const name of tables.keys()) {
    const last = name.slice(name.indexOf('.') + 1);
    if (last.toLowerCase() === lower || aliasesOf(sql, last).has(lower)) return name;
  }
  return undefined;
}

function qualifierOf(sql: string, offset: number): string | undefined {
  const before = [...sqlTokens(sql.slice(0, offset))].slice(-2);
  const [name, dot] = before;
  return dot && sql[dot.start] === '.' && name ? identifierText(sql, name) : undefined;
}

/** What follows a table's name: `orders o` and `orders as o` give `o`. */
function aliasesOf(sql: string, table: string): ReadonlySet<string> {
  const aliases = new Set<string>();
  const words = [...sqlTokens(sql)].map((token) => identifierText(sql, token).toLowerCase());
  for (const [i, word] of words.entries()) {
    if (word !== table.toLowerCase()) continue;
    const alias = words[i + 1] === 'as' ? words[i + 2] : words[i + 1];
    if (alias) aliases.add(alias);
  }
  return aliases;
}

/** DuckDB knows these names behind `over` only. */
const windowFunctions: ReadonlySet<string> = new Set([
  ...['row_number', 'rank', 'dense_rank', 'rank_dense', 'percent_rank', 'cume_dist', 'ntile'],
  ...['first_value', 'last_value', 'nth_value', 'lag', 'lead', 'fill'],
]);

function unknownFunction(error: EngineError, context: BindingContext): BindingProblem {
  const name = error.details.subject ?? '';
  const macro = context.typescriptMacro(name);
  const close = error.details.candidates?.[0];
  const hint = macro
    ? `it is a TypeScript macro: write \${${macro}(…)}`
    : windowFunctions.has(name)
      ? `it works over a window: write ${name}(…) over (…)`
      : close && nearest(name, [close])
        ? `did you mean "${close}"?`
        : undefined;
  return {
    code: 'compile/unknown-function',
    message: `There is no function "${name}".`,
    ...(hint && { hint }),
    ...place(error, name, context),
  };
}

/**
 * Where the error is. DuckDB's position is taken when the name stands there; a position inside the body of a
 * macro says nothing about this text, so then the name is looked for, and at last the call of the macro.
 */
function place(
  error: EngineError,
  subject: string | undefined,
  { sql, macros }: BindingContext,
  behind?: string,
): Stretch & { readonly macro?: string } {
  const { offset } = error.details;
  if (error.kind === 'syntax' && offset !== undefined) return tokenNear(sql, offset);
  const last = subject?.split('.').at(-1)?.toLowerCase();
  if (offset !== undefined && offset < sql.length) {
    const chain = chainAt(sql, offset);
    const named = chain.find((token) => identifierText(sql, token).toLowerCase() === last);
    if (named) return { start: named.start, end: named.end };
    if (macros.length === 0) return nameAt(sql, offset);
  }
  const from = behind === undefined ? 0 : (findIdentifier(sql, behind)?.end ?? 0);
  const found = last === undefined || offset !== undefined ? undefined : findIdentifier(sql, last, from);
  if (found) return { start: found.start, end: found.end };
  for (const macro of macros) {
    const call = findIdentifier(sql, macro);
    if (call) return { start: call.start, end: call.end, macro };
  }
  return offset === undefined || offset >= sql.length ? firstToken(sql) : nameAt(sql, offset);
}
