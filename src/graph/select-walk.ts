type Edges = ReadonlyMap<string, readonly string[]>;

/** The edges of a graph both ways, and what is reachable over them. */
export interface Walker {
  /** `names` and all their ancestors within `depth` steps. */
  ancestors(names: Iterable<string>, depth?: number): Set<string>;
  /** `names` and all their descendants within `depth` steps. */
  descendants(names: Iterable<string>, depth?: number): Set<string>;
}

/** Reads the edges once, so that many walks share them. Inputs that are no node are ignored. */
export function walker(
  nodes: ReadonlyMap<string, { readonly name: string; readonly inputs: readonly string[] }>,
): Walker {
  const parents = new Map<string, string[]>();
  const children = new Map<string, string[]>();
  for (const { name, inputs } of nodes.values()) {
    const known = inputs.filter((input) => nodes.has(input));
    parents.set(name, known);
    for (const input of known) {
      const siblings = children.get(input);
      if (siblings) siblings.push(name);
      else children.set(input, [name]);
    }
  }
  return {
    ancestors: (names, depth) => reach(parents, names, depth),
    descendants: (names, depth) => reach(children, names, depth),
  };
}

function reach(edges: Edges, names: Iterable<string>, depth = Number.POSITIVE_INFINITY): Set<string> {
  const reached = new Set(names);
  let frontier = [...reached];
  for (let step = 0; step < depth && frontier.length > 0; step++) {
    const next: string[] = [];
    for (const name of frontier) {
      for (const neighbour of edges.get(name) ?? []) {
        if (reached.has(neighbour)) continue;
        reached.add(neighbour);
        next.push(neighbour);
      }
    }
    frontier = next;
  }
  return reached;
}
