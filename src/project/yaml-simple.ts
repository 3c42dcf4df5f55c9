import type { Scalar } from '../ir/plain-value.js';
import type { YamlEntry, YamlNode, YamlSeq } from './yaml-node.js';

/**
 * Parses the part of YAML that most front matter is written in: block maps and lists, one-line flow maps
 * and lists, plain and quoted scalars without escapes, comments. Returns undefined for everything else,
 * errors included, which the full parser then takes: it is right about all of YAML but ten times slower.
 * Where this returns a value, the full parser returns the same.
 */
export function parseSimpleYaml(text: string): YamlNode | undefined {
  if (unsupported.test(text)) return undefined;
  try {
    return new SimpleYaml(text).document();
  } catch (thrown) {
    if (thrown === tooHard) return undefined;
    throw thrown;
  }
}

const tooHard = Symbol('needs the full YAML parser');
function bail(): never {
  throw tooHard;
}

// Tabs, other line ends and invisible characters have rules of their own.
const unsupported = /[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\u{10000}-\u{10ffff}]/u;
const plainKey = /[A-Za-z_][\w.-]*(?=:(?:[ \n]|$))/y;
const wordLike = /^[A-Za-z_]/;
const constants = new Map<string, Scalar>([
  ...['null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['true', 'True', 'TRUE'].map((word) => [word, true] as const),
  ...['false', 'False', 'FALSE'].map((word) => [word, false] as const),
]);

class SimpleYaml {
  #at = 0;

  constructor(private readonly text: string) {}

  document(): YamlNode {
    const indent = this.#nextLine();
    if (indent < 0) return { kind: 'scalar', value: null, start: 0, end: 0 };
    const node = this.#block(indent);
    if (this.#nextLine() >= 0) bail();
    return node;
  }

  /** Skips blank lines and comments up to the next content and returns its column, or -1 at the end. */
  #nextLine(): number {
    for (;;) {
      let at = this.#at;
      while (this.text[at] === ' ') at++;
      const character = this.text[at];
      if (character === undefined) {
        this.#at = at;
        return -1;
      }
      if (character !== '\n' && character !== '#') {
        const indent = at - (this.text.lastIndexOf('\n', at - 1) + 1);
        this.#at = at;
        return indent;
      }
      const lineEnd = this.text.indexOf('\n', at);
      this.#at = lineEnd < 0 ? this.text.length : lineEnd + 1;
    }
  }

  #block(indent: number): YamlNode {
    if (this.text[this.#at] === '-' && this.text[this.#at + 1] === ' ') return this.#blockSeq(indent);
    if (!this.#key()) bail();
    return this.#blockMap(indent);
  }

  #blockMap(indent: number): YamlNode {
    const start = this.#at;
    const entries: YamlEntry[] = [];
    let end = start;
    for (let column = indent; column === indent; column = this.#nextLine()) {
      const keyStart = this.#at;
      const key = this.#newKey(entries);
      const keyEnd = keyStart + key.length;
      this.#at = keyEnd + 1;
      const value = this.#mapValue(indent, keyEnd + 1);
      entries.push({ key, keyStart, keyEnd, value });
      end = value.end;
    }
    this.#dedent(indent);
    return { kind: 'map', entries, start, end };
  }

  #blockSeq(indent: number): YamlSeq {
    const start = this.#at;
    const items: YamlNode[] = [];
    let end = start;
    for (let column = indent; column === indent; column = this.#nextLine()) {
      if (this.text[this.#at] !== '-' || this.text[this.#at + 1] !== ' ') break;
      this.#at += 2;
      this.#spaces();
      const itemColumn = this.#at - (this.text.lastIndexOf('\n', this.#at) + 1);
      const item = this.#key() ? this.#blockMap(itemColumn) : this.#inlineOnly(indent);
      items.push(item);
      end = item.end;
    }
    return { kind: 'seq', items, start, end };
  }

  /** After a nested block, the next line may stand at this level or further out, never between. */
  #dedent(indent: number): void {
    const save = this.#at;
    if (this.#nextLine() > indent) bail();
    this.#at = save;
  }

  #mapValue(indent: number, afterColon: number): YamlNode {
    this.#spaces();
    if (!this.#lineEnds()) return this.#inlineOnly(indent);
    const column = this.#nextLine();
    const nestedSeq = column === indent && this.text[this.#at] === '-';
    if (column > indent || nestedSeq) return this.#block(column);
    return { kind: 'scalar', value: null, start: afterColon, end: afterColon };
  }

  /** A value that ends with its line. */
  #inlineOnly(indent: number): YamlNode {
    const node = this.#inline(false);
    this.#spaces();
    if (!this.#lineEnds()) bail();
    // A deeper line would continue the scalar.
    const save = this.#at;
    if (this.#nextLine() > indent) bail();
    this.#at = save;
    return node;
  }

  #inline(inFlow: boolean): YamlNode {
    switch (this.text[this.#at]) {
      case '[':
        return this.#flowSeq();
      case '{':
        return this.#flowMap();
      case "'":
      case '"':
        return this.#quoted();
      default:
        return this.#plain(inFlow);
    }
  }

  #flowSeq(): YamlNode {
    const start = this.#at++;
    const items: YamlNode[] = [];
    this.#spaces();
    while (this.text[this.#at] !== ']') {
      const item = this.#inline(true);
      items.push(item);
      this.#flowSeparator(']');
    }
    this.#at++;
    return { kind: 'seq', items, start, end: this.#at };
  }

  #flowMap(): YamlNode {
    const start = this.#at++;
    const entries: YamlEntry[] = [];
    this.#spaces();
    while (this.text[this.#at] !== '}') {
      const keyStart = this.#at;
      const key = this.#newKey(entries);
      this.#at = keyStart + key.length + 1;
      this.#spaces();
      entries.push({ key, keyStart, keyEnd: keyStart + key.length, value: this.#inline(true) });
      this.#flowSeparator('}');
    }
    this.#at++;
    return { kind: 'map', entries, start, end: this.#at };
  }

  /** The key here; the full parser has something to say about one that stands twice or cannot be one. */
  #newKey(entries: readonly YamlEntry[]): string {
    const key = this.#key() ?? bail();
    if (key === '__proto__' || entries.some((entry) => entry.key === key)) bail();
    return key;
  }

  #flowSeparator(close: string): void {
    this.#spaces();
    if (this.text[this.#at] === ',') {
      this.#at++;
      this.#spaces();
    } else if (this.text[this.#at] !== close) bail();
  }

  #quoted(): YamlNode {
    const start = this.#at;
    const quote = this.text[start]!;
    const close = this.text.indexOf(quote, start + 1);
    const value = this.text.slice(start + 1, close);
    if (close < 0 || value.includes('\n') || (quote === '"' && value.includes('\\'))) bail();
    // A doubled quote is an escape; a colon would make this a key.
    const next = this.text[close + 1];
    if (next === quote || next === ':') bail();
    this.#at = close + 1;
    return { kind: 'scalar', value, start, end: this.#at };
  }

  #plain(inFlow: boolean): YamlNode {
    const start = this.#at;
    let at = start;
    for (; ; at++) {
      const character = this.text[at];
      if (character === undefined || character === '\n') break;
      if (character === '#' && this.text[at - 1] === ' ') break;
      if (character === ':' && (inFlow || !isInner(this.text[at + 1]))) bail();
      if (inFlow && (character === ',' || character === ']' || character === '}')) break;
      if (inFlow && (character === '[' || character === '{')) bail();
    }
    const written = this.text.slice(start, at).trimEnd();
    this.#at = start + written.length;
    return { kind: 'scalar', value: plainValue(written), start, end: this.#at };
  }

  /** The plain key that starts here, or undefined. Does not move. */
  #key(): string | undefined {
    plainKey.lastIndex = this.#at;
    const key = plainKey.exec(this.text)?.[0];
    return key !== undefined && constants.has(key) ? bail() : key;
  }

  #spaces(): void {
    while (this.text[this.#at] === ' ') this.#at++;
  }

  #lineEnds(): boolean {
    const character = this.text[this.#at];
    return (
      character === undefined || character === '\n' || (character === '#' && this.text[this.#at - 1] === ' ')
    );
  }
}

function isInner(character: string | undefined): boolean {
  return character !== undefined && character !== ' ' && character !== '\n';
}

function plainValue(written: string): Scalar {
  if (wordLike.test(written)) {
    const constant = constants.get(written);
    return constant === undefined ? written : constant;
  }
  if (/^-?(?:0|[1-9]\d{0,14})$/.test(written)) return Number(written);
  if (/^-?\d{1,9}\.\d{1,6}$/.test(written)) return Number(written);
  if (/^\d{4}-\d\d-\d\d$/.test(written)) return written;
  return bail();
}
