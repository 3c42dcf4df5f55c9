import type { FailedNode } from '../ir/manifest.js';
import type { CompileState } from './compile-state.js';
import { macroOf } from './graph-ids.js';

/** The nodes that have an error or stand below one, sorted, with what they read. */
export function failedNodes({ input, failed, edges }: CompileState): readonly FailedNode[] {
  const { models, seeds, sources } = input.project;
  const all: readonly Omit<FailedNode, 'inputs'>[] = [
    ...models.map(({ name, path, config }) => ({ name, kind: 'model' as const, path, config })),
    ...seeds.map(({ name, path, config }) => ({ name, kind: 'seed' as const, path, config })),
    ...sources.map(({ name, span, config }) => ({ name, kind: 'source' as const, path: span.file, config })),
  ];
  return all
    .filter(({ name, config }) => config.enabled && failed.has(name))
    .map((node) => ({ ...node, inputs: tablesBehind(node.name, edges) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The tables that a node reads, through macros too. */
function tablesBehind(id: string, edges: CompileState['edges']): readonly string[] {
  const tables = new Set<string>();
  const seen = new Set<string>();
  const visit = (reads: readonly string[]): void => {
    for (const read of reads) {
      if (seen.has(read)) continue;
      seen.add(read);
      if (macroOf(read) === undefined) tables.add(read);
      else visit(edges.get(read) ?? []);
    }
  };
  visit(edges.get(id) ?? []);
  return [...tables].filter((table) => table !== id).sort();
}
