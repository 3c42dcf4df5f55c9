import type { PlainValue, Scalar } from '../ir/plain-value.js';

/** A YAML value with its place: offsets in the text that was parsed, `end` exclusive. */
export type YamlNode = YamlScalar | YamlSeq | YamlMap;

export interface YamlScalar {
  readonly kind: 'scalar';
  readonly value: Scalar;
  readonly start: number;
  readonly end: number;
  /** Set by interpolation: the value holds an environment variable, so it is never shown. */
  readonly secret?: true;
  /** What stood here could not be understood, such as a variable without value; that was reported already. */
  readonly unresolved?: true;
}

export interface YamlSeq {
  readonly kind: 'seq';
  readonly items: readonly YamlNode[];
  readonly start: number;
  readonly end: number;
}

export interface YamlMap {
  readonly kind: 'map';
  readonly entries: readonly YamlEntry[];
  readonly start: number;
  readonly end: number;
}

export interface YamlEntry {
  readonly key: string;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly value: YamlNode;
}

/** The entry of a map under a key; undefined also when the node is no map. */
export function entryOf(node: YamlNode | undefined, key: string): YamlEntry | undefined {
  return node?.kind === 'map' ? node.entries.find((entry) => entry.key === key) : undefined;
}

/** The entries of a map; none when the node is something else. */
export function entriesOf(node: YamlNode | undefined): readonly YamlEntry[] {
  return node?.kind === 'map' ? node.entries : [];
}

/** A key with nothing behind it is as good as no key. */
export function isBlank(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.value === null && node.start === node.end;
}

/** The node as plain JavaScript values. */
export function toPlain(node: YamlNode): PlainValue {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'seq':
      return node.items.map(toPlain);
    case 'map':
      return plainMap(node);
  }
}

function plainMap(node: YamlMap): PlainValue {
  const plain: Record<string, PlainValue> = {};
  for (const { key, value } of node.entries) {
    // Plain assignment to this one key would set the prototype.
    if (key === '__proto__') Object.defineProperty(plain, key, { value: toPlain(value), enumerable: true });
    else plain[key] = toPlain(value);
  }
  return plain;
}

/** A plain value as a node that stands, with everything in it, at one place. */
export function fromPlain(value: PlainValue, start: number, end: number): YamlNode {
  if (Array.isArray(value)) {
    return { kind: 'seq', items: value.map((item) => fromPlain(item, start, end)), start, end };
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => ({
      key,
      keyStart: start,
      keyEnd: end,
      value: fromPlain(item, start, end),
    }));
    return { kind: 'map', entries, start, end };
  }
  return { kind: 'scalar', value: value as Scalar, start, end };
}

export interface Location {
  readonly node: YamlNode;
  /** The entry whose value the node is; absent for the root and for items of lists. */
  readonly entry?: YamlEntry;
  /** The map or list that the node stands in. */
  readonly parent?: YamlNode;
  /** False when the path goes on where the document does not: `node` is then the last one on it. */
  readonly found: boolean;
}

/** Follows a path of keys and indexes. */
export function locate(root: YamlNode, path: readonly PropertyKey[]): Location {
  let location: Location = { node: root, found: true };
  for (const step of path) {
    const parent = location.node;
    const entry = entryOf(parent, String(step));
    const node = entry?.value ?? (parent.kind === 'seq' ? parent.items[Number(step)] : undefined);
    if (!node) return { ...location, found: false };
    location = { node, parent, found: true, ...(entry && { entry }) };
  }
  return location;
}

/** A copy in which nodes and entries' values are replaced, or left out where the replacement is undefined. */
export function rebuilt(
  node: YamlNode,
  changes: ReadonlyMap<YamlNode | YamlEntry, YamlNode | undefined>,
): YamlNode | undefined {
  if (changes.has(node)) return changes.get(node);
  if (node.kind === 'scalar') return node;
  if (node.kind === 'seq') {
    return { ...node, items: node.items.flatMap((item) => rebuilt(item, changes) ?? []) };
  }
  const entries = node.entries.flatMap((entry) => {
    const value = changes.has(entry) ? changes.get(entry) : rebuilt(entry.value, changes);
    return value ? { ...entry, value } : [];
  });
  return { ...node, entries };
}
