import type { Diagnostic, Excerpt } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import type { ExpandedModel } from '../ir/expanded-model.js';
import { mapSpan } from '../ir/map-span.js';
import { printableSql } from '../ir/printable-sql.js';
import { identifierText, type SqlToken, sqlTokens } from './sql-tokens.js';

/** A stretch of a SQL text, in UTF-16 units. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** The file position of a stretch of expanded SQL, with an excerpt where a `${…}` made that SQL. */
export function placeOf(
  model: ExpandedModel,
  fileText: string,
  { start, end }: Stretch,
): { readonly span: Span; readonly excerpt?: Excerpt } {
  const { span, insideExpression } = mapSpan(model, fileText, start, end);
  if (!insideExpression) return { span };
  return { span, excerpt: { title: 'expanded SQL', text: printableSql(model), start, end } };
}

/** The dotted name (`shop.orders`) that starts at `offset`, or the single token there. */
export function nameAt(sql: string, offset: number): Stretch {
  const chain = chainAt(sql, offset);
  return chain.length > 0
    ? { start: chain[0]!.start, end: chain.at(-1)!.end }
    : { start: offset, end: offset };
}

/** The tokens of the dotted name at `offset`, dots left out. */
export function chainAt(sql: string, offset: number): readonly SqlToken[] {
  const chain: SqlToken[] = [];
  let wantsDot = false;
  for (const token of sqlTokens(sql)) {
    if (token.end <= offset) continue;
    const isDot = token.kind === 'symbol' && sql[token.start] === '.';
    if (chain.length === 0 && !isDot) {
      chain.push(token);
      if (token.kind !== 'word' && token.kind !== 'quoted') break;
    } else if (wantsDot !== isDot) {
      break;
    } else if (!isDot) {
      chain.push(token);
    }
    wantsDot = !isDot;
  }
  return chain;
}

/** The first place behind `from` where a name stands as an identifier of its own, whatever its case. */
export function findIdentifier(sql: string, name: string, from = 0): SqlToken | undefined {
  const lower = name.toLowerCase();
  for (const token of sqlTokens(sql)) {
    if (token.start < from || (token.kind !== 'word' && token.kind !== 'quoted')) continue;
    if (identifierText(sql, token).toLowerCase() === lower) return token;
  }
  return undefined;
}

/** The token at `offset`, where a parser stopped; behind the last one, the last one. */
export function tokenNear(sql: string, offset: number): Stretch {
  let last: Stretch = { start: 0, end: 0 };
  for (const { start, end } of sqlTokens(sql)) {
    last = { start, end };
    if (end > offset) return last;
  }
  return last;
}

/** Everything that the SQL says, without blanks and comments around it: where no better place is known. */
export function firstToken(sql: string): Stretch {
  for (const { start, end } of sqlTokens(sql)) return { start, end };
  return { start: 0, end: 0 };
}

/** Sorted as a person reads: by file, then by position; what has no place comes first. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const key = ({ span }: Diagnostic) => span?.file ?? '';
  return [...diagnostics].sort(
    (a, b) =>
      (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0) ||
      (a.span?.start.offset ?? 0) - (b.span?.start.offset ?? 0),
  );
}
