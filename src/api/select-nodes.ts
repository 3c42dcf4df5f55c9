import type { Outcome } from '../diagnostics/diagnostic.js';
import { type SelectResolvers, selectNodes } from '../graph/select.js';
import type { Manifest, ManifestTest } from '../ir/manifest.js';
import type { SelectionOptions } from './options.js';

export interface SelectedParts {
  readonly nodes: ReadonlySet<string>;
  readonly tests: readonly ManifestTest[];
  /** True when nothing was left out. */
  readonly wholeProject: boolean;
}

/** Applies `--select` and `--exclude` to a manifest: the nodes, and the tests on them or between them. */
export function selectParts(
  manifest: Manifest,
  options: SelectionOptions,
  resolvers: SelectResolvers,
): Outcome<SelectedParts> {
  const { value, diagnostics } = selectNodes(manifest.nodes, options, resolvers);
  const wholeProject = !options.select?.length && !options.exclude?.length;
  const tests = manifest.tests.filter((test) =>
    test.node !== undefined ? value.has(test.node) : test.reads.some((name) => value.has(name)),
  );
  return { value: { nodes: value, tests: wholeProject ? manifest.tests : tests, wholeProject }, diagnostics };
}
