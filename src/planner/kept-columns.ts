import type { LakeSnapshot } from '../ir/commit.js';
import { declaredRenames } from '../ir/declared-renames.js';
import type { Manifest, ManifestNode } from '../ir/manifest.js';
import { isProtected } from '../ir/protection.js';
import type { TableVersion } from '../ir/table-version.js';
import { sharesFields } from '../schema/carried-columns.js';
import type { Column } from '../schema/table-schema.js';
import { compareColumns, grownOf } from './column-changes.js';
import { keepsHistory } from './decide-history.js';
import type { ResolvedNode } from './resolve-ephemerals.js';
import { sampleFinder } from './samples.js';

/**
 * The columns of tables that keep other ones than their query has: with `on_schema_change: ignore` those they had,
 * with `append_new_columns` these and the new ones.
 */
export function keptColumns(
  manifest: Manifest,
  snapshot: LakeSnapshot,
  resolve: (node: ManifestNode) => ResolvedNode,
  { fullRefresh, sample }: { readonly fullRefresh: boolean; readonly sample: string | undefined },
): ReadonlyMap<string, readonly Column[]> {
  const resolved = (name: string) => resolve(manifest.nodes.get(name)!);
  const sampleOf = sampleFinder({ manifest, snapshot, resolved, isActive: () => true, sample });
  const kept = new Map<string, readonly Column[]>();
  for (const node of manifest.nodes.values()) {
    const current = snapshot.tables.get(node.name);
    if (!keepsHistory(node.config) || current?.kind !== 'table') continue;
    const isKept = isProtected(node.config);
    const isOther = current.provenance.logic !== resolve(node).logic || fullRefresh;
    if ((isOther && !isKept) || current.provenance.sample !== sampleOf(node.name)) continue;
    const columns = keptColumnsOf(node, current);
    if (columns) kept.set(node.name, columns);
  }
  return kept;
}

function keptColumnsOf(node: ManifestNode, current: TableVersion): readonly Column[] | undefined {
  const policy = node.config.options.on_schema_change;
  if (policy !== 'ignore' && policy !== 'append_new_columns') return undefined;
  const before = current.schema.columns.map(({ name, type }) => ({ name, type }));
  const isIgnored = policy === 'ignore';
  const renames = isIgnored ? {} : declaredRenames(node.config);
  const { added, removed, changed, earlier } = compareColumns(node.schema.columns, before, renames);
  if (added.length + removed.length + changed.length === 0) return undefined;
  const later = new Map([...earlier].map(([column, old]) => [old, column]));
  const kept = before.map((old) => {
    const column = later.get(old);
    if (!column) return old;
    // What shares nothing with what the table has cannot be told apart from a loss.
    if (isIgnored) return sharesFields(column.type, old.type) ? old : { ...old, type: column.type };
    const isRenamed = column.name.toLowerCase() !== old.name.toLowerCase();
    return { name: isRenamed ? column.name : old.name, type: grownOf(old, column, renames) };
  });
  return isIgnored ? kept : [...kept, ...added];
}
