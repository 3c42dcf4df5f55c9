import { quoteIdentifier, quoteString } from '../util/sql-quote.js';
import { sqlKeywords } from './sql-keywords.js';

/** A DuckDB type as plain data. */
export type ColumnType =
  /** A type without parts, in DuckDB's own words: `INTEGER`, `TIMESTAMP WITH TIME ZONE`, `JSON`. */
  | { readonly kind: 'scalar'; readonly name: string }
  | { readonly kind: 'decimal'; readonly width: number; readonly scale: number }
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  | { readonly kind: 'list'; readonly element: ColumnType }
  | { readonly kind: 'array'; readonly element: ColumnType; readonly size: number }
  | { readonly kind: 'map'; readonly key: ColumnType; readonly value: ColumnType }
  | { readonly kind: 'struct'; readonly fields: readonly TypeField[] }
  | { readonly kind: 'union'; readonly members: readonly TypeField[] };

/** A field of a STRUCT or a member of a UNION. The name is empty for the fields of `row(1, 2)`. */
export interface TypeField {
  readonly name: string;
  readonly type: ColumnType;
}

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

/**
 * Reads DuckDB's text for a type, such as `STRUCT(a INTEGER, "b c" DECIMAL(18,2)[])`. Aliases (`int`,
 * `text`, `timestamptz`) become the names that DuckDB prints. Throws `TypeTextError`.
 */
export function parseType(text: string): ColumnType {
  const reader = new TypeReader(text);
  const type = reader.type();
  reader.end();
  return type;
}

/** Prints a type exactly as DuckDB's `DESCRIBE` does. */
export function printType(type: ColumnType): string {
  switch (type.kind) {
    case 'scalar':
      return type.name;
    case 'decimal':
      return `DECIMAL(${type.width},${type.scale})`;
    case 'enum':
      return `ENUM(${type.values.map(quoteString).join(', ')})`;
    case 'list':
      return `${printType(type.element)}[]`;
    case 'array':
      return `${printType(type.element)}[${type.size}]`;
    case 'map':
      return `MAP(${printType(type.key)}, ${printType(type.value)})`;
    case 'struct':
      return `STRUCT(${type.fields.map(printField).join(', ')})`;
    case 'union':
      return `UNION(${type.members.map(printField).join(', ')})`;
  }
}

function printField({ name, type }: TypeField): string {
  return name === '' ? printType(type) : `${printFieldName(name)} ${printType(type)}`;
}

/** A field's name as DuckDB prints it inside a type: quoted only where it must be. */
export function printFieldName(name: string): string {
  const plain = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !sqlKeywords.has(name.toLowerCase());
  return plain ? name : quoteIdentifier(name);
}

const aliases: Readonly<Record<string, string>> = {
  INT1: 'TINYINT',
  INT2: 'SMALLINT',
  SHORT: 'SMALLINT',
  INT: 'INTEGER',
  INT4: 'INTEGER',
  SIGNED: 'INTEGER',
  INT8: 'BIGINT',
  LONG: 'BIGINT',
  INT128: 'HUGEINT',
  UINT8: 'UTINYINT',
  UINT16: 'USMALLINT',
  UINT32: 'UINTEGER',
  UINT64: 'UBIGINT',
  UINT128: 'UHUGEINT',
  REAL: 'FLOAT',
  FLOAT4: 'FLOAT',
  FLOAT8: 'DOUBLE',
  'DOUBLE PRECISION': 'DOUBLE',
  VARINT: 'BIGNUM',
  BOOL: 'BOOLEAN',
  LOGICAL: 'BOOLEAN',
  TEXT: 'VARCHAR',
  STRING: 'VARCHAR',
  CHAR: 'VARCHAR',
  CHARACTER: 'VARCHAR',
  'CHARACTER VARYING': 'VARCHAR',
  BPCHAR: 'VARCHAR',
  NVARCHAR: 'VARCHAR',
  BYTEA: 'BLOB',
  BINARY: 'BLOB',
  VARBINARY: 'BLOB',
  BITSTRING: 'BIT',
  GUID: 'UUID',
  DATETIME: 'TIMESTAMP',
  TIMESTAMP_US: 'TIMESTAMP',
  TIMESTAMPTZ: 'TIMESTAMP WITH TIME ZONE',
  TIMETZ: 'TIME WITH TIME ZONE',
  'TIMESTAMP WITHOUT TIME ZONE': 'TIMESTAMP',
  'TIME WITHOUT TIME ZONE': 'TIME',
  NUMERIC: 'DECIMAL',
  DEC: 'DECIMAL',
  ROW: 'STRUCT',
};

// Type names of several words; the longest first.
const phrases = [
  ['TIMESTAMP', 'WITH', 'TIME', 'ZONE'],
  ['TIMESTAMP', 'WITHOUT', 'TIME', 'ZONE'],
  ['TIME', 'WITH', 'TIME', 'ZONE'],
  ['TIME', 'WITHOUT', 'TIME', 'ZONE'],
  ['CHARACTER', 'VARYING'],
  ['DOUBLE', 'PRECISION'],
];

interface Token {
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'symbol' | 'end';
  /** Unquoted; words keep their case. */
  readonly value: string;
  readonly offset: number;
}

class TypeReader {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(private readonly text: string) {
    this.#tokens = tokenize(text);
  }

  type(): ColumnType {
    let type = this.#base();
    while (this.#take('[')) {
      if (this.#take(']')) {
        type = { kind: 'list', element: type };
      } else {
        const size = this.#number('a size');
        if (size < 1) this.#fail('a size of at least 1', -1);
        this.#expect(']');
        type = { kind: 'array', element: type, size };
      }
    }
    return type;
  }

  end(): void {
    if (this.#peek().kind !== 'end') this.#fail('the end');
  }

  #base(): ColumnType {
    const name = this.#typeName();
    switch (name) {
      case 'STRUCT':
        return { kind: 'struct', fields: this.#fields() };
      case 'UNION':
        return { kind: 'union', members: this.#fields() };
      case 'MAP': {
        this.#expect('(');
        const key = this.type();
        this.#expect(',');
        const value = this.type();
        this.#expect(')');
        return { kind: 'map', key, value };
      }
      case 'ENUM':
        return { kind: 'enum', values: this.#list(() => this.#token('string', 'a quoted value').value) };
      case 'DECIMAL': {
        if (this.#peek().value !== '(') return { kind: 'decimal', width: 18, scale: 3 };
        const [width = 18, scale = 0] = this.#list(() => this.#number('a number of digits'));
        return { kind: 'decimal', width, scale };
      }
      default:
        return { kind: 'scalar', name: this.#withArguments(name) };
    }
  }

  #typeName(): string {
    const token = this.#peek();
    if (token.kind === 'quoted') {
      this.#next++;
      // The type of a bare NULL, which DuckDB prints quoted.
      return token.value === 'NULL'
        ? '"NULL"'
        : (aliases[token.value.toUpperCase()] ?? token.value.toUpperCase());
    }
    const first = this.#token('word', 'a type').value.toUpperCase();
    const phrase = phrases.find(
      (words) => words[0] === first && words.slice(1).every((word, i) => this.#isWord(word, i)),
    );
    if (phrase) this.#next += phrase.length - 1;
    const name = phrase?.join(' ') ?? first;
    return aliases[name] ?? name;
  }

  #withArguments(name: string): string {
    if (this.#peek().value !== '(' || this.#peek().kind !== 'symbol') return name;
    const values = this.#list(() => {
      const token = this.#tokens[this.#next++]!;
      if (token.kind !== 'number' && token.kind !== 'string') this.#fail('a number or a quoted value', -1);
      return token.kind === 'string' ? quoteString(token.value) : token.value;
    });
    if (name === 'VARCHAR') return name;
    if (name === 'TIMESTAMP') {
      const digits = Number(values[0]);
      return digits === 0
        ? 'TIMESTAMP_S'
        : digits <= 3
          ? 'TIMESTAMP_MS'
          : digits <= 6
            ? name
            : 'TIMESTAMP_NS';
    }
    return `${name}(${values.join(', ')})`;
  }

  #fields(): readonly TypeField[] {
    return this.#list(() => {
      const name = this.#fieldHasName() ? this.#tokens[this.#next++]!.value : '';
      return { name, type: this.type() };
    });
  }

  /** A name is followed by a type's first word; a type alone by what closes or continues it. */
  #fieldHasName(): boolean {
    const [first, second] = [this.#peek(), this.#peek(1)];
    if (first.kind !== 'word' && first.kind !== 'quoted') return false;
    if (second.kind !== 'word' && second.kind !== 'quoted') return false;
    const startsPhrase = phrases.some(
      (words) =>
        first.kind === 'word' && words[0] === first.value.toUpperCase() && this.#isWord(words[1]!, 1),
    );
    return !startsPhrase;
  }

  #list<T>(item: () => T): T[] {
    this.#expect('(');
    const items = [item()];
    while (this.#take(',')) items.push(item());
    this.#expect(')');
    return items;
  }

  #peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#next + ahead, this.#tokens.length - 1)]!;
  }

  #isWord(word: string, ahead: number): boolean {
    const token = this.#peek(ahead);
    return token.kind === 'word' && token.value.toUpperCase() === word;
  }

  #take(symbol: string): boolean {
    const token = this.#peek();
    if (token.kind !== 'symbol' || token.value !== symbol) return false;
    this.#next++;
    return true;
  }

  #expect(symbol: string): void {
    if (!this.#take(symbol)) this.#fail(`"${symbol}"`);
  }

  #token(kind: Token['kind'], expected: string): Token {
    const token = this.#peek();
    if (token.kind !== kind) this.#fail(expected);
    this.#next++;
    return token;
  }

  #number(expected: string): number {
    return Number(this.#token('number', expected).value);
  }

  #fail(expected: string, ahead = 0): never {
    throw new TypeTextError(this.text, this.#peek(ahead).offset, expected);
  }
}

const tokenPattern =
  /\s*(?:(?<word>[\p{L}_][\p{L}\p{N}_$]*)|"(?<quoted>(?:[^"]|"")+)"|'(?<string>(?:[^']|'')*)'|(?<number>\d+)|(?<symbol>[()[\],]))/uy;

function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
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
      kind: kind as Token['kind'],
      value,
      offset: tokenPattern.lastIndex - match[0].trimStart().length,
    });
    at = tokenPattern.lastIndex;
  }
  tokens.push({ kind: 'end', value: '', offset: end });
  return tokens;
}
