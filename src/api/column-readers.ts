import { columnLineage } from '../compiler/column-lineage.js';
import type { Manifest } from '../ir/manifest.js';
import type { Workspace } from './workspace.js';

/** Names of the nodes that read a column, directly or through others; of the table where the column is undefined. */
export type ColumnReaders = (table: string, column: string | undefined) => readonly string[];

/** Follows columns of some tables to all who read them. Costs an engine where the memo does not know them. */
export async function columnReaders(
  workspace: Pick<Workspace, 'openBinder' | 'memo'>,
  manifest: Manifest,
  tables: Iterable<string>,
): Promise<ColumnReaders> {
  const below = descendants(manifest, tables);
  const lineage = await columnLineage(manifest, () => workspace.openBinder(), {
    names: below,
    memo: workspace.memo,
  });
  return (table, column) => {
    if (column === undefined) {
      return [...below].filter((name) => manifest.nodes.get(name)!.inputs.includes(table));
    }
    const reached = new Set([keyOf(table, column)]);
    // Nodes stand behind their inputs, so one pass follows every column to the end.
    return [...below].filter((name) => {
      const node = lineage.get(name);
      const isReached = (source: { readonly table: string; readonly column: string }) =>
        reached.has(keyOf(source.table, source.column));
      if (!node) return false;
      const derived = node.columns.filter((each) => each.sources.some(isReached));
      for (const each of derived) reached.add(keyOf(name, each.name));
      return derived.length > 0 || node.rows.some(isReached);
    });
  };
}

/** Models below some tables, each behind its inputs. */
function descendants(manifest: Manifest, tables: Iterable<string>): ReadonlySet<string> {
  const above = new Set(tables);
  const below = new Set<string>();
  for (const { name, inputs } of manifest.nodes.values()) {
    if (inputs.some((input) => above.has(input) || below.has(input))) below.add(name);
  }
  return below;
}

function keyOf(table: string, column: string): string {
  return `${table}\n${column.toLowerCase()}`;
}
