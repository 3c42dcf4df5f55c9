import { fingerprintOf } from '../../compiler/fingerprint.js';
import { sortDag } from '../../graph/dag.js';
import type { ManifestNode } from '../../ir/manifest.js';
import { lineEnd, nodeLine } from './manifest-text.js';
import { packInputs, type SavedCompile } from './saved-compile.js';
import type { SavedNodes } from './saved-nodes.js';

/** A manifest in which some nodes are others. */
export interface PatchedManifest {
  readonly nodes: SavedCompile['nodes'];
  /** The pieces of its text. */
  readonly pieces: readonly Buffer[];
  /** Names of those that are others, but for the fingerprints of what they read. */
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
  const { names } = known;
  const inputs = [...known.inputs];
  const logics = saved.nodes.logics.split('\n');
  const before = saved.nodes.fingerprints.split('\n');
  const fingerprints = [...before];
  const lengths = [...saved.nodes.lengths];
  const anew = new Map<number, ManifestNode>();
  let isSameGraph = true;
  for (const node of compiled) {
    const index = known.indexOf(node.name)!;
    anew.set(index, node);
    logics[index] = node.logic;
    const reads = node.inputs.map((input) => known.indexOf(input)!);
    isSameGraph &&= reads.join() === inputs[index]!.join();
    inputs[index] = reads;
  }
  const order = isSameGraph ? saved.nodes.order : dagOrder(names, inputs);
  if (!order) return undefined;

  const lines = new Map<number, Buffer>();
  const changed: string[] = [];
  const isOther = (index: number) => fingerprints[index] !== before[index];
  for (const index of order) {
    const node = anew.get(index);
    if (!node && !inputs[index]!.some(isOther)) continue;
    const upstream = inputs[index]!.flatMap((input) => [names[input]!, fingerprints[input]!]);
    const fingerprint = fingerprintOf(logics[index]!, upstream);
    fingerprints[index] = fingerprint;
    if (!node) {
      setFingerprint(known.lineAt(index), before[index]!, fingerprint);
      continue;
    }
    const line = Buffer.from(nodeLine({ ...node, fingerprint }));
    if (line.equals(known.lineAt(index))) continue;
    lines.set(index, line);
    lengths[index] = line.length;
    changed.push(node.name);
  }
  const nodes: SavedCompile['nodes'] = {
    names: saved.nodes.names,
    inputs: isSameGraph ? saved.nodes.inputs : packInputs(inputs),
    logics: logics.join('\n'),
    fingerprints: fingerprints.join('\n'),
    lengths,
    order,
  };
  return { nodes, pieces: piecesOf(saved, known, order, lines), changed };
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

/** Of a line that is otherwise the same, in place: all fingerprints have one length. */
function setFingerprint(line: Buffer, before: string, now: string): void {
  const key = '"fingerprint":"';
  const at = line.indexOf(`${key}${before}"`);
  if (at < 0 || before.length !== now.length)
    throw new Error('A line of the manifest lacks its fingerprint.');
  line.write(now, at + key.length, 'latin1');
}

/** Lines that stand behind each other as they did are one piece. */
function piecesOf(
  saved: SavedCompile,
  known: SavedNodes,
  order: readonly number[],
  lines: ReadonlyMap<number, Buffer>,
): readonly Buffer[] {
  const { head, tail } = known.ends;
  const separator = Buffer.from(lineEnd);
  const next = new Map(saved.nodes.order.map((index, i) => [index, saved.nodes.order[i + 1]]));
  const pieces: Buffer[] = [];
  for (let i = 0; i < order.length; i++) {
    const first = order[i]!;
    const line = lines.get(first);
    if (line) {
      pieces.push(separator, line);
      continue;
    }
    while (i + 1 < order.length && next.get(order[i]!) === order[i + 1] && !lines.has(order[i + 1]!)) i++;
    pieces.push(separator, known.linesAt(first, order[i]!));
  }
  return [head, ...pieces.slice(1), tail];
}
