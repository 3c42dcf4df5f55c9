/** Thrown for a text that is no DuckDB type; `offset` is where reading stopped, in UTF-16 units. */
export class TypeTextError extends Error {
  override readonly name = 'TypeTextError';

  constructor(
    readonly text: string,
    readonly offset: number,
    expected: string,
  ) {
    super(`"${text}" is not a DuckDB type: expected ${expected} at character ${offset + 1}.`);
  }
}

export interface TypeToken {
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'symbol' | 'end';
  /** Unquoted; words keep their case. */
  readonly value: string;
  readonly offset: number;
}

const tokenPattern =
  /\s*(?:(?<word>[\p{L}_][\p{L}\p{N}_$]*)|"(?<quoted>(?:[^"]|"")*)"|'(?<string>(?:[^']|'')*)'|(?<number>\d+)|(?<symbol>[()[\],]))/uy;

/** The tokens of a type's text, the last of kind `end`. Throws `TypeTextError`. */
export function typeTokens(text: string): readonly TypeToken[] {
  const tokens: TypeToken[] = [];
  const end = text.trimEnd().length;
  let at = 0;
  while (at < end) {
    tokenPattern.lastIndex = at;
    const match = tokenPattern.exec(text);
    if (!match) throw new TypeTextError(text, at, 'a type');
    const [kind, raw] = Object.entries(match.groups!).find(([, value]) => value !== undefined)!;
    const value =
      kind === 'quoted' ? raw.replaceAll('""', '"') : kind === 'string' ? raw.replaceAll("''", "'") : raw;
    tokens.push({
      kind: kind as TypeToken['kind'],
      value,
      offset: tokenPattern.lastIndex - match[0].trimStart().length,
    });
    at = tokenPattern.lastIndex;
  }
  tokens.push({ kind: 'end', value: '', offset: end });
  return tokens;
}
