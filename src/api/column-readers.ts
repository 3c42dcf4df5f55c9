import { columnLineage } from '../compiler/column-lineage.js';
import { edgesBelow } from '../compiler/trace-columns.js';
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
  const below = readersOf(manifest, tables);
  const lineage = await columnLineage(manifest, () => workspace.openBinder(), {
    names: below,
    memo: workspace.memo,
  });
  return (table, column) => {
    if (column === undefined) {
      return [...below].filter((name) => manifest.nodes.get(name)!.inputs.includes(table));
    }
    const reached = new Set(edgesBelow(lineage, [{ table, column }]).map(({ to }) => to.table));
    return [...below].filter((name) => reached.has(name));
  };
}

/** Nodes that read some tables, directly or through others, each behind its inputs. */
export function readersOf(manifest: Manifest, tables: Iterable<string>): ReadonlySet<string> {
  const above = new Set(tables);
  const below = new Set<string>();
  for (const { name, inputs } of manifest.nodes.values()) {
    if (inputs.some((input) => above.has(input) || below.has(input))) below.add(name);
  }
  return below;
}
