import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import { LineIndex } from '../diagnostics/span.js';
import { type Identifier, scanExpression } from './scan-expression.js';

/** One `${…}` of a SQL file. Offsets are UTF-16 units in the whole file. */
export interface TemplateExpression {
  /** Of the `$`. */
  readonly start: number;
  /** Behind the `}`. */
  readonly end: number;
  /** The TypeScript between the braces, and where it starts. */
  readonly code: string;
  readonly codeStart: number;
  readonly hasAngle: boolean;
  readonly identifiers: readonly Identifier[];
}

export interface ScannedTemplate {
  readonly expressions: readonly TemplateExpression[];
  readonly diagnostics: readonly Diagnostic[];
}

const nothing: ScannedTemplate = { expressions: [], diagnostics: [] };
const dollarTag = /\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$/uy;
const word = /[\p{L}_](?:[\p{L}\p{N}_]|\$(?!\{))*/uy;
/**
 * Some tokens among which is no string, comment, dollar or E that begins an escape string: most of SQL. A bounded
 * number, because V8 keeps a place on its stack for each.
 */
const plain = /(?:[^'"$\-/\p{L}_]+|-(?!-)|\/(?!\*)|[\p{L}_][\p{L}\p{N}_]*(?![\p{L}\p{N}_$'])){1,1000}/uy;

/**
 * Finds every `${…}` in SQL from `bodyOffset` on. SQL comments and dollar-quoted strings (`$$…$$`) are
 * passed over as they are; in a quoted string or identifier `${` is an error, because the value would be
 * quoted twice. All other SQL, `$1`, backticks and JSON paths included, is of no interest here.
 */
export function scanTemplate(file: string, text: string, bodyOffset: number): ScannedTemplate {
  if (!text.includes('${', bodyOffset)) return nothing;
  const expressions: TemplateExpression[] = [];
  const diagnostics: Diagnostic[] = [];
  const lines = new LineIndex(text);
  let at = bodyOffset;
  while (at < text.length) {
    plain.lastIndex = at;
    if (plain.test(text)) {
      at = plain.lastIndex;
      continue;
    }
    const character = text[at]!;
    if (character === '$' && text[at + 1] === '{') {
      const found = scanExpression(text, at + 2);
      if ('kind' in found) {
        const code = found.kind === 'unclosed' ? 'template/unclosed-expression' : 'template/syntax-error';
        diagnostics.push(
          errorDiagnostic(code, found.message, { span: lines.span(file, found.start, found.end) }),
        );
        at = found.resumeAt ?? text.length;
        continue;
      }
      const { end, hasAngle, identifiers } = found;
      const code = text.slice(at + 2, end);
      expressions.push({ start: at, end: end + 1, code, codeStart: at + 2, hasAngle, identifiers });
      at = end + 1;
      continue;
    }
    const end = endOfToken(text, at);
    const quoted = character === "'" || character === '"' || isEscapeString(text, at);
    // A quote that is never closed is DuckDB's to report.
    const inside = quoted && end <= text.length ? text.slice(at, end).indexOf('${') : -1;
    if (inside >= 0) {
      const start = at + inside;
      diagnostics.push(quotedExpression(character, lines.span(file, start, endOfQuoted(text, start, end))));
    }
    at = end;
  }
  return { expressions, diagnostics };
}

function quotedExpression(quote: string, span: NonNullable<Diagnostic['span']>): Diagnostic {
  return quote === '"'
    ? errorDiagnostic('template/quoted-expression', 'A ${…} cannot stand inside a quoted identifier.', {
        span,
        hint: 'leave the double quotes out and write ${sql.id(…)}, which quotes the name.',
      })
    : errorDiagnostic('template/quoted-expression', 'A ${…} cannot stand inside a quoted string.', {
        span,
        hint: 'leave the quotes out: a value becomes a quoted literal by itself. For the characters "${" as they are, write the string as $$…$$.',
      });
}

function endOfQuoted(text: string, start: number, limit: number): number {
  const found = scanExpression(text, start + 2);
  return 'kind' in found || found.end >= limit ? start + 2 : found.end + 1;
}

/** The offset behind the SQL token at `at`: a string, a quoted name, a comment, a word, or one character. */
function endOfToken(text: string, at: number): number {
  const character = text[at]!;
  if (character === "'" || character === '"') return endOfQuotes(text, at, character, false);
  if (isEscapeString(text, at)) return endOfQuotes(text, at + 1, "'", true);
  if (character === '-' && text[at + 1] === '-') return behind(text, '\n', at);
  if (character === '/' && text[at + 1] === '*') return endOfBlockComment(text, at);
  if (character === '$') {
    dollarTag.lastIndex = at;
    const tag = dollarTag.exec(text)?.[0];
    return tag === undefined ? at + 1 : behind(text, tag, at + tag.length);
  }
  word.lastIndex = at;
  return at + (word.exec(text)?.[0].length ?? 1);
}

function isEscapeString(text: string, at: number): boolean {
  return (text[at] === 'e' || text[at] === 'E') && text[at + 1] === "'";
}

function behind(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found < 0 ? text.length : found + mark.length;
}

function endOfQuotes(text: string, start: number, quote: string, escapes: boolean): number {
  for (let at = start + 1; at < text.length; at++) {
    if (escapes && text[at] === '\\') at++;
    else if (text[at] !== quote) continue;
    else if (text[at + 1] === quote) at++;
    else return at + 1;
  }
  return text.length + 1;
}

/** Block comments nest, as they do in DuckDB. */
function endOfBlockComment(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    if (text[at] === '/' && text[at + 1] === '*') {
      depth++;
      at++;
    } else if (text[at] === '*' && text[at + 1] === '/') {
      at++;
      if (--depth === 0) return at + 1;
    }
  }
  return text.length;
}
