import type { KnownNodes } from '../../compiler/compile-input.js';
import type { ManifestNode } from '../../ir/manifest.js';
import { lineEnd, readNodeLine } from './manifest-text.js';
import { type SavedCompile, unpackInputs } from './saved-compile.js';

/** The nodes of a saved compile. A single one is read from the manifest when it is asked for. */
export class SavedNodes implements KnownNodes {
  readonly names: readonly string[];
  readonly inputs: readonly (readonly number[])[];
  readonly #indexes: ReadonlyMap<string, number>;
  readonly #starts: Float64Array;
  readonly #read = new Map<string, ManifestNode>();

  constructor(
    private readonly saved: SavedCompile,
    private readonly manifest: Buffer,
  ) {
    this.names = saved.nodes.names.split('\n');
    this.inputs = unpackInputs(saved.nodes.inputs);
    this.#indexes = new Map(this.names.map((name, i) => [name, i]));
    this.#starts = startsOf(saved);
  }

  get(name: string): ManifestNode | undefined {
    const known = this.#read.get(name);
    const index = this.#indexes.get(name);
    if (known || index === undefined) return known;
    const node = readNodeLine(this.lineAt(index).toString());
    this.#read.set(name, node);
    return node;
  }

  indexOf(name: string): number | undefined {
    return this.#indexes.get(name);
  }

  /** The bytes of a node's line: not a copy. */
  lineAt(index: number): Buffer {
    const start = this.#starts[index]!;
    return this.manifest.subarray(start, start + this.saved.nodes.lengths[index]!);
  }

  /** The bytes of the lines of nodes that stand behind each other, the first and the last one included. */
  linesAt(first: number, last: number): Buffer {
    const end = this.#starts[last]! + this.saved.nodes.lengths[last]!;
    return this.manifest.subarray(this.#starts[first]!, end);
  }

  /** What stands before the first line, and behind the last one. */
  get ends(): { readonly head: Buffer; readonly tail: Buffer } {
    const { headLength, nodes } = this.saved;
    const last = nodes.order.at(-1);
    const end = last === undefined ? headLength : this.#starts[last]! + nodes.lengths[last]!;
    return { head: this.manifest.subarray(0, headLength), tail: this.manifest.subarray(end) };
  }

  /** Nodes that read one of these, or whose tests do. Undefined where a test that stands on no node does. */
  readersOf(names: Iterable<string>): ReadonlySet<string> | undefined {
    const read = new Set([...names].map((name) => this.#indexes.get(name)));
    const readers = new Set<string>();
    for (const [i, inputs] of this.inputs.entries())
      if (inputs.some((input) => read.has(input))) readers.add(this.names[i]!);
    for (const [owner = -1, ...reads] of this.saved.testReads) {
      if (!reads.some((index) => read.has(index))) continue;
      if (owner < 0) return undefined;
      readers.add(this.names[owner]!);
    }
    return readers;
  }
}

/** Where the line of each node begins in the manifest, in bytes. */
function startsOf({ nodes, headLength }: SavedCompile): Float64Array {
  const starts = new Float64Array(nodes.lengths.length);
  let at = headLength;
  for (const index of nodes.order) {
    starts[index] = at;
    at += nodes.lengths[index]! + lineEnd.length;
  }
  return starts;
}
