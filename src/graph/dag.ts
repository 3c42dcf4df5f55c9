/** A graph brought into order. */
export interface SortedDag {
  /** Every node that stands neither in a cycle nor below one, each behind its inputs; otherwise in the given order. */
  readonly order: readonly string[];
  /**
   * The cycles, each as a path in reading direction: every node reads the next one, the last reads the
   * first. Each node that stands in a cycle stands in at least one of these.
   */
  readonly cycles: readonly (readonly string[])[];
}

/** Sorts nodes by what they read and finds cycles. Inputs that are no node are ignored. */
export function sortDag(inputs: ReadonlyMap<string, readonly string[]>): SortedDag {
  const waiting = new Map<string, number>();
  const readers = new Map<string, string[]>();
  const order: string[] = [];
  for (const [name, reads] of inputs) {
    let count = 0;
    for (const input of new Set(reads)) {
      if (!inputs.has(input)) continue;
      count++;
      const others = readers.get(input);
      if (others) others.push(name);
      else readers.set(input, [name]);
    }
    if (count === 0) order.push(name);
    else waiting.set(name, count);
  }
  for (let next = 0; next < order.length; next++) {
    for (const reader of readers.get(order[next]!) ?? []) {
      const count = waiting.get(reader)! - 1;
      waiting.set(reader, count);
      if (count > 0) continue;
      waiting.delete(reader);
      order.push(reader);
    }
  }
  return { order, cycles: waiting.size === 0 ? [] : findCycles([...waiting.keys()], inputs) };
}

/** For each node in a cycle that no earlier path covers, the shortest cycle through it. */
function findCycles(
  names: readonly string[],
  inputs: ReadonlyMap<string, readonly string[]>,
): readonly (readonly string[])[] {
  const suspects = withoutLeaves(names, inputs);
  const covered = new Set<string>();
  const cycles: (readonly string[])[] = [];
  for (const name of suspects) {
    if (covered.has(name)) continue;
    const path = shortestCycle(name, (node) => (inputs.get(node) ?? []).filter((i) => suspects.has(i)));
    if (!path) continue;
    for (const node of path) covered.add(node);
    cycles.push(startingAtSmallest(path));
  }
  return cycles;
}

/** Drops, again and again, what nobody reads: nodes below a cycle that are in none. */
function withoutLeaves(
  names: readonly string[],
  inputs: ReadonlyMap<string, readonly string[]>,
): Set<string> {
  const left = new Set(names);
  const readerCount = new Map<string, number>();
  for (const name of names) {
    for (const input of new Set(inputs.get(name))) readerCount.set(input, (readerCount.get(input) ?? 0) + 1);
  }
  const leaves = names.filter((name) => !readerCount.get(name));
  for (const leaf of leaves) {
    left.delete(leaf);
    for (const input of new Set(inputs.get(leaf))) {
      const count = readerCount.get(input)! - 1;
      readerCount.set(input, count);
      if (count === 0 && left.has(input)) leaves.push(input);
    }
  }
  return left;
}

function shortestCycle(start: string, reads: (node: string) => readonly string[]): string[] | undefined {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const node of queue) {
    for (const input of reads(node)) {
      if (input === start) {
        const path = [node];
        while (path[0] !== start) path.unshift(cameFrom.get(path[0]!)!);
        return path;
      }
      if (cameFrom.has(input)) continue;
      cameFrom.set(input, node);
      queue.push(input);
    }
  }
  return undefined;
}

function startingAtSmallest(cycle: readonly string[]): readonly string[] {
  const at = cycle.indexOf([...cycle].sort()[0]!);
  return [...cycle.slice(at), ...cycle.slice(0, at)];
}
