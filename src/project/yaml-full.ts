import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  LineCounter,
  type Node,
  type Scalar as ParsedScalar,
  parseDocument,
  type YAMLMap,
} from 'yaml';
import type { Scalar } from '../ir/plain-value.js';
import { rebuilt, type YamlEntry, type YamlNode } from './yaml-node.js';

/** One thing that is wrong with a YAML text, with offsets in it. */
export interface YamlProblem {
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

export interface ParsedYaml {
  readonly root: YamlNode;
  readonly problems: readonly YamlProblem[];
}

/** Far more than any real file, far less than what an alias bomb grows to. */
const maxNodes = 200_000;
/** Aliases inside aliases; one that contains itself has no end. */
const maxAliasDepth = 20;

/** Parses any YAML 1.2 document. What comes out of a broken one is what could be understood. */
export function parseFullYaml(text: string): ParsedYaml {
  const document = parseDocument<Node>(text, { prettyErrors: false, lineCounter: new LineCounter() });
  const conversion = new Conversion((alias) => alias.resolve(document));
  const root = document.contents ? conversion.node(document.contents as Node, 0) : nullNode(0);
  const errors = document.errors.map(({ message, pos }) => ({
    message: sentence(message),
    start: pos[0],
    end: Math.max(pos[0], pos[1]),
  }));
  const problems = [...errors, ...conversion.problems];
  return { root: withoutBroken(root, problems), problems };
}

/** What the parser makes of a value with a problem in it is a guess: no more is said about it. */
function withoutBroken(root: YamlNode, problems: readonly YamlProblem[]): YamlNode {
  const broken = new Map<YamlNode, YamlNode>();
  for (const { start } of problems) {
    const node = innermostValue(root, start);
    if (node) broken.set(node, unresolved(node));
  }
  return broken.size === 0 ? root : (rebuilt(root, broken) ?? root);
}

function innermostValue(node: YamlNode, offset: number): YamlNode | undefined {
  const values = node.kind === 'map' ? node.entries.map(({ value }) => value) : [];
  for (const value of node.kind === 'seq' ? node.items : values) {
    const isInside = value.start <= offset && offset <= Math.max(value.start, value.end - 1);
    if (isInside) return innermostValue(value, offset) ?? value;
  }
  return undefined;
}

function unresolved({ start, end }: YamlNode): YamlNode {
  return { kind: 'scalar', value: null, start, end, unresolved: true };
}

class Conversion {
  readonly problems: YamlProblem[] = [];
  #count = 0;
  #aliasDepth = 0;

  constructor(private readonly resolve: (alias: Alias) => Node | undefined) {}

  node(node: Node | null | undefined, fallback: number): YamlNode {
    if (!node) return nullNode(fallback);
    const [start, end] = node.range ?? [fallback, fallback];
    if (++this.#count > maxNodes) {
      if (this.#count === maxNodes + 1) this.problems.push({ message: 'This is too large.', start, end });
      return nullNode(start);
    }
    if (isAlias(node)) return this.#alias(node, start, end);
    if (isScalar(node)) {
      const value = this.#scalar(node, start, end);
      return node.source === '' && value === null
        ? nullNode(fallback)
        : { kind: 'scalar', value, start, end };
    }
    if (isMap(node)) {
      const entries = this.#entries(node, start);
      return { kind: 'map', entries, start, end: node.flow ? end : (entries.at(-1)?.value.end ?? end) };
    }
    const items = node.items.map((item) => this.node(item as Node, start));
    return { kind: 'seq', items, start, end: node.flow ? end : (items.at(-1)?.end ?? end) };
  }

  #alias(alias: Alias, start: number, end: number): YamlNode {
    if (this.#aliasDepth === maxAliasDepth) {
      this.problems.push({ message: 'Aliases are nested too deeply.', start, end });
      return nullNode(start);
    }
    const target = this.resolve(alias);
    if (!target) {
      this.problems.push({ message: `There is no anchor "&${alias.source}".`, start, end });
      return nullNode(start);
    }
    this.#aliasDepth++;
    const node = this.node(target, start);
    this.#aliasDepth--;
    return { ...node, start, end };
  }

  #scalar(node: ParsedScalar, start: number, end: number): Scalar {
    const { value } = node;
    if (typeof value === 'number') {
      // A number that would lose digits stays as it was written.
      if (Number.isInteger(value) && !Number.isSafeInteger(value)) return node.source ?? String(value);
      if (!Number.isFinite(value)) {
        this.problems.push({ message: 'Infinity and NaN cannot stand here.', start, end });
        return null;
      }
    }
    return value as Scalar;
  }

  #entries(map: YAMLMap, mapStart: number): readonly YamlEntry[] {
    const entries: YamlEntry[] = [];
    const names = new Set<string>();
    for (const pair of map.items) {
      const key = pair.key as Node | null;
      const [keyStart, keyEnd] = key?.range ?? [mapStart, mapStart];
      if (!isScalar(key) || key.value === null || typeof key.value === 'object') {
        this.problems.push({ message: 'A key must be plain text.', start: keyStart, end: keyEnd });
        continue;
      }
      const name = String(key.value);
      // The parser itself reports a key that stands twice; what is behind it says nothing more.
      if (names.has(name)) continue;
      names.add(name);
      if (name === '__proto__') {
        // Objects of JavaScript have it already, and what checks them leaves it out without a word.
        this.problems.push({ message: 'A key cannot be __proto__.', start: keyStart, end: keyEnd });
        continue;
      }
      const value = this.node(pair.value as Node | null, keyEnd + 1);
      entries.push({ key: name, keyStart, keyEnd, value });
    }
    return entries;
  }
}

function nullNode(at: number): YamlNode {
  return { kind: 'scalar', value: null, start: at, end: at };
}

function sentence(message: string): string {
  const text = message.trim();
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
