import type { ColumnSource, LineageEdge, NodeLineage, TablePart } from '../ir/column-lineage.js';

/** Lineage of nodes by their names. */
type Lineage = ReadonlyMap<string, NodeLineage>;

/** What columns are made of, and that in turn, each step once and the nearest first. */
export function edgesAbove(
  lineage: Lineage,
  columns: readonly ColumnSource[],
  depth = Number.POSITIVE_INFINITY,
): readonly LineageEdge[] {
  return walk(columns, depth, (to) => {
    const made = lineage.get(to.table)?.columns.find(({ name }) => isSame(name, to.column));
    return (made?.sources ?? []).map((from) => ({ edge: { from, to }, next: from }));
  });
}

/**
 * What is made of columns, and of that in turn, each step once and the nearest first. Rows that a column decides on
 * are an end.
 */
export function edgesBelow(
  lineage: Lineage,
  columns: readonly ColumnSource[],
  depth = Number.POSITIVE_INFINITY,
): readonly LineageEdge[] {
  const readers = readersByColumn(lineage);
  return walk(columns, depth, (from) =>
    (readers.get(keyOf(from)) ?? []).map((to) => ({
      edge: { from, to },
      ...(to.column !== undefined && { next: { table: to.table, column: to.column } }),
    })),
  );
}

interface Step {
  readonly edge: LineageEdge;
  /** Where the way goes on. */
  readonly next?: ColumnSource;
}

/** Breadth first. */
function walk(
  starts: readonly ColumnSource[],
  depth: number,
  stepsFrom: (column: ColumnSource) => readonly Step[],
): readonly LineageEdge[] {
  const seen = new Set(starts.map(keyOf));
  const edges: LineageEdge[] = [];
  let level = starts;
  for (let steps = 0; steps < depth && level.length > 0; steps++) {
    const following: ColumnSource[] = [];
    for (const { edge, next } of level.flatMap(stepsFrom)) {
      edges.push(edge);
      if (!next || seen.has(keyOf(next))) continue;
      seen.add(keyOf(next));
      following.push(next);
    }
    level = following;
  }
  return edges;
}

function readersByColumn(lineage: Lineage): ReadonlyMap<string, readonly TablePart[]> {
  const readers = new Map<string, TablePart[]>();
  const add = (source: ColumnSource, reader: TablePart) => {
    const known = readers.get(keyOf(source));
    if (known) known.push(reader);
    else readers.set(keyOf(source), [reader]);
  };
  for (const [table, { columns, rows }] of lineage) {
    for (const { name: column, sources } of columns) {
      for (const source of sources) add(source, { table, column });
    }
    for (const source of rows) add(source, { table });
  }
  return readers;
}

function isSame(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

function keyOf({ table, column }: ColumnSource): string {
  return `${table}\n${column.toLowerCase()}`;
}
