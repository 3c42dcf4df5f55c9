import type { KnownNodes } from '../../compiler/compile-input.js';
import type { ManifestNode } from '../../ir/manifest.js';
import { lineEnd, readNodeLine } from './manifest-text.js';
import type { SavedCompile } from './saved-compile.js';

/** The nodes of a saved compile. A single one is read from the manifest when it is asked for. */
export class SavedNodes implements KnownNodes {
  readonly #indexes: ReadonlyMap<string, number>;
  readonly #starts: readonly number[];
  readonly #read = new Map<string, ManifestNode>();

  constructor(
    private readonly saved: SavedCompile,
    private readonly manifest: Buffer,
  ) {
    this.#indexes = new Map(saved.nodes.names.map((name, i) => [name, i]));
    this.#starts = startsOf(saved);
  }

  get names(): readonly string[] {
    return this.saved.nodes.names;
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

  /** What stands before the first line, and behind the last one. */
  get ends(): { readonly head: Buffer; readonly tail: Buffer } {
    const last = this.saved.nodes.order.at(-1);
    const end =
      last === undefined ? this.saved.headLength : this.#starts[last]! + this.saved.nodes.lengths[last]!;
    return { head: this.manifest.subarray(0, this.saved.headLength), tail: this.manifest.subarray(end) };
  }

  /** Nodes that read one of these, or whose tests do. Undefined where a test that stands on no node does. */
  readersOf(names: Iterable<string>): ReadonlySet<string> | undefined {
    const { nodes, testReads } = this.saved;
    const read = new Set([...names].map((name) => this.#indexes.get(name)));
    const readers = new Set<string>();
    for (const [i, inputs] of nodes.inputs.entries())
      if (inputs.some((input) => read.has(input))) readers.add(nodes.names[i]!);
    for (const [owner = -1, ...reads] of testReads) {
      if (!reads.some((index) => read.has(index))) continue;
      if (owner < 0) return undefined;
      readers.add(nodes.names[owner]!);
    }
    return readers;
  }
}

/** Where the line of each node begins in the manifest, in bytes. */
function startsOf({ nodes, headLength }: SavedCompile): readonly number[] {
  const starts: number[] = new Array(nodes.names.length).fill(0);
  let at = headLength;
  for (const index of nodes.order) {
    starts[index] = at;
    at += nodes.lengths[index]! + lineEnd.length;
  }
  return starts;
}
