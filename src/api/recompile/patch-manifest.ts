import { fingerprintOf } from '../../compiler/fingerprint.js';
import { sortDag } from '../../graph/dag.js';
import type { ManifestNode } from '../../ir/manifest.js';
import { lineEnd, nodeLine } from './manifest-text.js';
import type { SavedCompile } from './saved-compile.js';
import type { SavedNodes } from './saved-nodes.js';

/** A manifest in which some nodes are others. */
export interface PatchedManifest {
  readonly nodes: SavedCompile['nodes'];
  readonly bytes: Buffer;
  /** Those whose lines are others, but for the fingerprints of what they read. */
  readonly changed: readonly string[];
}

/**
 * Puts nodes that were compiled anew into a manifest, and what that changes of all that read them: their
 * fingerprints, and the order. Undefined where nodes come to stand in a circle.
 */
export function patchManifest(
  saved: SavedCompile,
  known: SavedNodes,
  compiled: readonly ManifestNode[],
): PatchedManifest | undefined {
  const names = saved.nodes.names;
  const inputs = [...saved.nodes.inputs];
  const logics = [...saved.nodes.logics];
  const fingerprints = [...saved.nodes.fingerprints];
  const lengths = [...saved.nodes.lengths];
  const anew = new Map<number, ManifestNode>();
  let isSameOrder = true;
  for (const node of compiled) {
    const index = known.indexOf(node.name)!;
    anew.set(index, node);
    logics[index] = node.logic;
    const reads = node.inputs.map((input) => known.indexOf(input)!);
    isSameOrder &&= reads.join() === inputs[index]!.join();
    inputs[index] = reads;
  }
  const order = isSameOrder ? saved.nodes.order : dagOrder(names, inputs);
  if (!order) return undefined;

  const lines = new Map<number, Buffer>();
  const changed: string[] = [];
  const isOther = (index: number) => fingerprints[index] !== saved.nodes.fingerprints[index];
  for (const index of order) {
    const node = anew.get(index);
    if (!node && !inputs[index]!.some(isOther)) continue;
    const upstream = inputs[index]!.flatMap((input) => [names[input]!, fingerprints[input]!]);
    const fingerprint = fingerprintOf(logics[index]!, upstream);
    fingerprints[index] = fingerprint;
    const before = known.lineAt(index);
    const line = node
      ? Buffer.from(nodeLine({ ...node, fingerprint }))
      : withFingerprint(before, saved.nodes.fingerprints[index]!, fingerprint);
    if (line.equals(before)) continue;
    lines.set(index, line);
    lengths[index] = line.length;
    if (node) changed.push(node.name);
  }
  const nodes = { names, inputs, logics, fingerprints, lengths, order };
  return { nodes, bytes: joined(known, order, lines), changed };
}

function dagOrder(
  names: readonly string[],
  inputs: readonly (readonly number[])[],
): readonly number[] | undefined {
  const indexes = new Map(names.map((name, i) => [name, i]));
  const edges = new Map(names.map((name, i) => [name, inputs[i]!.map((input) => names[input]!)]));
  const { order, cycles } = sortDag(edges);
  return cycles.length > 0 ? undefined : order.map((name) => indexes.get(name)!);
}

function withFingerprint(line: Buffer, before: string, now: string): Buffer {
  const key = '"fingerprint":"';
  const at = line.indexOf(`${key}${before}"`);
  if (at < 0) throw new Error('A line of the manifest lacks its fingerprint.');
  const copy = Buffer.from(line);
  copy.write(now, at + key.length, 'latin1');
  return copy;
}

function joined(known: SavedNodes, order: readonly number[], lines: ReadonlyMap<number, Buffer>): Buffer {
  const { head, tail } = known.ends;
  const pieces: Buffer[] = [head];
  const separator = Buffer.from(lineEnd);
  for (const [i, index] of order.entries()) {
    if (i > 0) pieces.push(separator);
    pieces.push(lines.get(index) ?? known.lineAt(index));
  }
  return Buffer.concat([...pieces, tail]);
}
