import type { Outcome } from '../diagnostics/diagnostic.js';
import {
  type SelectableNode,
  type SelectableTest,
  type SelectResolvers,
  selectNodes,
} from '../graph/select.js';
import type { Manifest, ManifestTest } from '../ir/manifest.js';
import type { SelectionOptions } from './options.js';

export interface SelectedParts {
  readonly nodes: ReadonlySet<string>;
  readonly tests: readonly ManifestTest[];
  /** True when nothing was left out. */
  readonly wholeProject: boolean;
}

/**
 * Applies `--select` and `--exclude` to a manifest: the nodes, the ones that failed among them, the tests on them or
 * between them, and tests by name.
 */
export function selectParts(
  manifest: Manifest,
  options: SelectionOptions,
  resolvers: SelectResolvers,
): Outcome<SelectedParts> {
  const wholeProject = !options.select?.length && !options.exclude?.length;
  const nodes = new Map<string, SelectableNode>([
    ...manifest.nodes,
    ...(manifest.failed ?? []).map((node) => [node.name, node] as const),
  ]);
  const selectable = wholeProject ? [] : manifest.tests.map(selectableTest);
  const { value, tests, diagnostics } = selectNodes(nodes, options, resolvers, selectable);
  const chosen = wholeProject ? manifest.tests : manifest.tests.filter(({ name }) => tests.has(name));
  return { value: { nodes: value, tests: chosen, wholeProject }, diagnostics };
}

function selectableTest({ name, node, path, tags, severity, kind, reads }: ManifestTest): SelectableTest {
  const on = node === undefined ? reads : [node];
  // One in a model's front matter has no place of its own.
  const place = node === undefined || kind === 'unit' ? path : '';
  const config = { tags, severity };
  return { name, kind: 'test', path: place, config, inputs: reads, on, assertion: kind };
}
