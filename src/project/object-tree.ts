import type { Scalar } from '../ir/plain-value.js';
import type { YamlEntry, YamlNode } from './yaml-node.js';

/**
 * A JavaScript object as a tree with places, like YAML: each key is looked for in the text of the object
 * literal that it was written in, from `start` on. What does not stand there as `key: value`, because code
 * made it, is placed where its parent is.
 */
export function objectTree(value: unknown, text: string, start: number): YamlNode {
  return new TreeMaker(text).node(value, start, start);
}

class TreeMaker {
  constructor(private readonly text: string) {}

  /** `end` is used where the text does not tell where the value ends. */
  node(value: unknown, start: number, end: number): YamlNode {
    if (Array.isArray(value)) {
      const items: YamlNode[] = [];
      let at = start + 1;
      for (const item of value) {
        const from = this.#skipBlanks(at);
        const node = this.node(item, from, this.#literalEnd(item, from) ?? from + 1);
        items.push(node);
        at = Math.max(at, node.end);
      }
      return { kind: 'seq', items, start, end: Math.max(end, at) };
    }
    if (typeof value === 'object' && value !== null && isPlain(value)) return this.#map(value, start, end);
    return { kind: 'scalar', value: toScalar(value), start, end };
  }

  #map(value: object, start: number, end: number): YamlNode {
    const entries: YamlEntry[] = [];
    let last = end;
    let at = start;
    for (const [key, item] of Object.entries(value)) {
      if (item === undefined) continue;
      const found = this.#findKey(key, at);
      const place = found ?? { keyStart: start, keyEnd: end, valueStart: start };
      const valueEnd = found && (this.#literalEnd(item, found.valueStart) ?? found.valueStart + 1);
      const node = this.node(item, place.valueStart, valueEnd ?? end);
      entries.push({ key, keyStart: place.keyStart, keyEnd: place.keyEnd, value: node });
      if (found) at = node.end;
      last = Math.max(last, node.end);
    }
    return { kind: 'map', entries, start, end: last };
  }

  #findKey(key: string, from: number) {
    const escaped = key.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const pattern = new RegExp(`(?<=[{,\\s])(['"]?)${escaped}\\1\\s*:\\s*`, 'g');
    pattern.lastIndex = from;
    const match = pattern.exec(this.text);
    if (!match) return undefined;
    const length = key.length + 2 * match[1]!.length;
    return {
      keyStart: match.index,
      keyEnd: match.index + length,
      valueStart: match.index + match[0].length,
    };
  }

  /** The end of a string, number or name that stands here. */
  #literalEnd(value: unknown, start: number): number | undefined {
    if (typeof value === 'object' && value !== null) return undefined;
    const pattern = /(['"`])(?:\\.|(?!\1)[^\\])*\1|[^\s,}\]]+/y;
    pattern.lastIndex = start;
    return pattern.exec(this.text) ? pattern.lastIndex : undefined;
  }

  #skipBlanks(start: number): number {
    const pattern = /[\s,]*/y;
    pattern.lastIndex = start;
    pattern.exec(this.text);
    return pattern.lastIndex;
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return (
    prototype === Object.prototype ||
    prototype === null ||
    Object.prototype.toString.call(value) === '[object Object]'
  );
}

/** What is no scalar of YAML becomes its text, which no schema takes for something else. */
function toScalar(value: unknown): Scalar {
  if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return value as Scalar;
  return String(value);
}
