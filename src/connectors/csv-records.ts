export interface CsvDialect {
  readonly delimiter: string;
  /** Empty for none. */
  readonly quote: string;
  readonly escape: string;
}

export interface CsvField {
  readonly text: string;
  readonly quoted: boolean;
  /** UTF-16 offset in the text, the opening quote included. */
  readonly offset: number;
}

export interface CsvRecord {
  readonly fields: readonly CsvField[];
  /** UTF-16 offsets in the text; `end` is where the line break starts. */
  readonly start: number;
  readonly end: number;
  /** What is wrong with it, if it does not follow RFC 4180. */
  readonly problem?: { readonly offset: number; readonly message: string };
}

/**
 * Reads CSV text strictly, one record after the other, with their places. Empty lines are no records. A record
 * that is malformed carries a `problem`. For small texts and headers: the engine reads what is large.
 */
export function* csvRecords(text: string, dialect: CsvDialect): Generator<CsvRecord> {
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  while (at < text.length) {
    if (text[at] === '\n' || text[at] === '\r') {
      at++;
      continue;
    }
    const record = readRecord(text, at, dialect);
    yield record;
    at = record.end;
  }
}

function readRecord(
  text: string,
  start: number,
  { delimiter, quote, escape: escapeCharacter }: CsvDialect,
): CsvRecord {
  const fields: CsvField[] = [];
  let problem: CsvRecord['problem'];
  let at = start;
  for (;;) {
    const offset = at;
    const quoted = quote !== '' && text.startsWith(quote, at);
    let value = '';
    if (quoted) {
      at++;
      for (;;) {
        if (at >= text.length) {
          problem ??= { offset, message: 'a quote that is never closed' };
          break;
        }
        if (text[at] === escapeCharacter && (text[at + 1] === quote || text[at + 1] === escapeCharacter)) {
          value += text[at + 1];
          at += 2;
        } else if (text[at] === quote) {
          at++;
          break;
        } else value += text[at++];
      }
    }
    const end = endOfField(text, at, delimiter);
    if (quoted && end > at) problem ??= { offset: at, message: 'text behind a closing quote' };
    value += text.slice(at, end);
    fields.push({ text: value, quoted, offset });
    at = end;
    if (!text.startsWith(delimiter, at)) break;
    at += delimiter.length;
  }
  return { fields, start, end: at, ...(problem && { problem }) };
}

function endOfField(text: string, start: number, delimiter: string): number {
  for (let at = start; at < text.length; at++) {
    if (text[at] === '\n' || text[at] === '\r' || text.startsWith(delimiter, at)) return at;
  }
  return text.length;
}
