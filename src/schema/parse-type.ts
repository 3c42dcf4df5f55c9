import { quoteString } from '../util/sql-quote.js';
import type { ColumnType, TypeField } from './column-type.js';
import { typeAliases, typePhrases } from './type-names.js';
import { TypeTextError, type TypeToken, typeTokens } from './type-tokens.js';

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

class TypeReader {
  readonly #tokens: readonly TypeToken[];
  #next = 0;

  constructor(private readonly text: string) {
    this.#tokens = typeTokens(text);
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
        : (typeAliases[token.value.toUpperCase()] ?? token.value.toUpperCase());
    }
    const first = this.#token('word', 'a type').value.toUpperCase();
    const phrase = typePhrases.find(
      (words) => words[0] === first && words.slice(1).every((word, i) => this.#isWord(word, i)),
    );
    if (phrase) this.#next += phrase.length - 1;
    const name = phrase?.join(' ') ?? first;
    return typeAliases[name] ?? name;
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
    const startsPhrase = typePhrases.some(
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

  #peek(ahead = 0): TypeToken {
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

  #token(kind: TypeToken['kind'], expected: string): TypeToken {
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
