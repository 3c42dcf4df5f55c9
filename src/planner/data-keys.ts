import type { LakeSnapshot } from '../ir/commit.js';
import type { Manifest } from '../ir/manifest.js';
import type { TableVersion } from '../ir/table-version.js';
import { hash } from '../util/hash.js';
import { decideHistory, type HistoryRequest, keepsHistory } from './decide-history.js';
import type { ResolvedNode } from './resolve-ephemerals.js';

/** The key of rows that `logic` makes from inputs with these keys. `nonce` makes unrepeatable rows differ every run. */
export function dataKey(
  logic: string,
  inputKeys: Readonly<Record<string, string>>,
  nonce: string | undefined,
): string {
  const inputs = Object.entries(inputKeys).flat();
  return hash('data', logic, ...inputs, ...(nonce === undefined ? [] : ['nonce', nonce]));
}

export interface DataKeys {
  /** Key of the rows that a name stands for in this run. */
  of(name: string): string;
  /** Keys of the inputs of a node that this run may build. */
  inputsOf(name: string): Readonly<Record<string, string>>;
}

/**
 * Keys of all names: of active nodes from the manifest and the keys of their inputs, of all others
 * from what the lake holds.
 */
export function dataKeys(
  input: HistoryRequest & {
    readonly manifest: Manifest;
    readonly snapshot: LakeSnapshot;
    readonly sources: ReadonlyMap<string, string>;
    readonly active: ReadonlySet<string>;
    readonly resolved: (name: string) => ResolvedNode;
    readonly nonce: string;
  },
): DataKeys {
  const keys = new Map<string, string>();

  const inputsOf = (name: string) =>
    Object.fromEntries(input.resolved(name).inputs.map((i) => [i, of(i)] as const));

  const compute = (name: string): string => {
    const node = input.manifest.nodes.get(name);
    if (!node || !input.active.has(name)) return committedKey(input.snapshot.tables.get(name), of);
    if (node.kind === 'source')
      return input.sources.get(name) ?? committedKey(input.snapshot.tables.get(name), of);
    const resolved = input.resolved(name);
    const { logic, unrepeatableBecause } = resolved;
    if (keepsHistory(node.config)) {
      const current = input.snapshot.tables.get(name);
      const { mode } = decideHistory(node, current, resolved, inputsOf(name), input);
      // What earlier runs left is part of the result, so no other build gives quite the same rows.
      return mode ? dataKey(logic, inputsOf(name), input.nonce) : current!.provenance.dataKey;
    }
    return dataKey(logic, inputsOf(name), unrepeatableBecause === undefined ? undefined : input.nonce);
  };

  const of = (name: string): string => {
    const known = keys.get(name);
    if (known !== undefined) return known;
    keys.set(name, 'circular');
    const key = compute(name);
    keys.set(name, key);
    return key;
  };

  return { of, inputsOf };
}

/** The key of the rows of a committed version. Those of a view change with what it reads, whose keys `of` knows. */
export function committedKey(version: TableVersion | undefined, of: (name: string) => string): string {
  if (!version) return 'missing';
  if (!version.view) return version.provenance.dataKey;
  const reads = Object.fromEntries(version.view.reads.map((i) => [i, of(i)] as const));
  return dataKey(version.provenance.logic, reads, undefined);
}
