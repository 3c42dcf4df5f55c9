export interface SqlToken {
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'parameter' | 'symbol';
  /** UTF-16 offsets; `end` is exclusive. */
  readonly start: number;
  readonly end: number;
}

// Comments and blanks come first; what begins like a string but is not closed runs to the end.
const pattern = new RegExp(
  [
    String.raw`(?<blank>\s+|--[^\n]*)`,
    String.raw`(?<comment>/\*)`,
    String.raw`(?<string>[eE]'(?:[^'\\]|\\[^]|'')*(?:'|$)|[xXbB]?'(?:[^']|'')*(?:'|$)|(?<dollar>\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$))`,
    '(?<quoted>"(?:[^"]|"")*(?:"|$))',
    String.raw`(?<number>(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)`,
    String.raw`(?<word>[\p{L}_\u{80}-\u{10ffff}][\p{L}\p{N}_$\u{80}-\u{10ffff}]*)`,
    String.raw`(?<parameter>\$[\p{L}\p{N}_]+|\?)`,
    String.raw`(?<symbol>::|:=|->>|->|=>|<=|>=|<>|!=|==|\|\||[^])`,
  ].join('|'),
  'uy',
);

/** The tokens of a SQL text, without blanks and comments. Never fails: what no rule knows is a symbol of one character. */
export function* sqlTokens(sql: string, from = 0): Generator<SqlToken> {
  let at = from;
  while (at < sql.length) {
    pattern.lastIndex = at;
    const groups = pattern.exec(sql)!.groups!;
    const start = at;
    at = pattern.lastIndex;
    if (groups.blank !== undefined) continue;
    if (groups.comment !== undefined) {
      at = commentEnd(sql, start);
      continue;
    }
    if (groups.dollar !== undefined) {
      const close = sql.indexOf(groups.dollar, at);
      at = close < 0 ? sql.length : close + groups.dollar.length;
    }
    const kind = kinds.find((name) => groups[name] !== undefined)!;
    yield { kind, start, end: at };
  }
}

const kinds = ['string', 'quoted', 'number', 'word', 'parameter', 'symbol'] as const;

/** Block comments nest. */
function commentEnd(sql: string, start: number): number {
  const marks = /\/\*|\*\//g;
  marks.lastIndex = start;
  let depth = 0;
  for (let mark = marks.exec(sql); mark; mark = marks.exec(sql)) {
    depth += mark[0] === '/*' ? 1 : -1;
    if (depth === 0) return marks.lastIndex;
  }
  return sql.length;
}

/** What a word or quoted identifier names. */
export function identifierText(sql: string, token: SqlToken): string {
  const text = sql.slice(token.start, token.end);
  return token.kind === 'quoted' ? text.slice(1, -1).replaceAll('""', '"') : text;
}

/**
 * Where one statement ends, without the semicolons, blanks and comments behind it, so that it can stand in
 * brackets. 0 for a text without any token.
 */
export function statementEnd(sql: string): number {
  const trimmed = sql.trimEnd();
  const lastLine = trimmed.slice(trimmed.lastIndexOf('\n') + 1);
  if (trimmed && !trimmed.endsWith(';') && !trimmed.endsWith('*/') && !lastLine.includes('--')) {
    return trimmed.length;
  }
  let end = 0;
  for (const token of sqlTokens(sql)) {
    if (token.kind !== 'symbol' || sql[token.start] !== ';') end = token.end;
  }
  return end;
}
