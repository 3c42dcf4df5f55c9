import type { ManifestNode } from '../../ir/manifest.js';
import type { NodeConfig } from '../../ir/project.js';
import type { SavedNodes } from './saved-nodes.js';

/**
 * Names of the nodes that must be compiled too, since what they read has other columns or settings now. Undefined
 * where a change reaches more than that.
 */
export function reachedBy(
  compiled: readonly ManifestNode[],
  known: SavedNodes,
  { isTyped, uncertain }: { readonly isTyped: boolean; readonly uncertain: readonly string[] },
): ReadonlySet<string> | undefined {
  const reaching: string[] = [];
  for (const node of compiled) {
    const before = known.get(node.name);
    if (!before || settingsOfProject(node.config) !== settingsOfProject(before.config)) return undefined;
    if (isTyped && JSON.stringify(node.schema) !== JSON.stringify(before.schema)) return undefined;
    const hidesValues = node.segments?.some(({ hidden }) => hidden !== undefined) ?? false;
    if (hidesValues && !uncertain.includes(node.path)) return undefined;
    if (seenByReaders(node) !== seenByReaders(before)) reaching.push(node.name);
  }
  if (reaching.length === 0) return new Set();
  return known.readersOf(reaching);
}

/** What other nodes are compiled with, of those that they read. */
function seenByReaders({ schema, config }: ManifestNode): string {
  const columns = schema.columns.map(({ name, type }) => [name, type]);
  return JSON.stringify([columns, config.materialized, config.options]);
}

/** What nodes have to do with each other without reading each other: names of tests, folders of published tables. */
function settingsOfProject(config: NodeConfig): string {
  const { enabled, publish, materialized, options, tests, columns, tags } = config;
  const published = publish ? [materialized, options.publish] : [];
  const columnTests = columns.map((column) => [column.name, column.tests]);
  const parts = [enabled, published, tests, columnTests, tags];
  return JSON.stringify(parts, (key, value) => (key === 'span' ? undefined : value));
}
