import { readFile } from 'node:fs/promises';
import type { Outcome } from '../diagnostics/diagnostic.js';
import type { Manifest, ManifestNode, ManifestTest } from '../ir/manifest.js';
import { printable } from '../ir/printable-sql.js';
import { withCompiled } from './check.js';
import { writeWhole } from './last-run.js';
import type { ProjectOptions, SelectionOptions } from './options.js';
import type { ProjectPaths } from './project-paths.js';
import { writeCompiled } from './write-compiled.js';

/**
 * Compiles a project and writes what came of it: `.etl/manifest.json`, and the expanded SQL of every model under
 * `.etl/compiled/`, as DuckDB runs it.
 */
export function compile(options: ProjectOptions & SelectionOptions): Promise<Outcome<Manifest | undefined>> {
  return withCompiled({ ...options, types: true }, async ({ paths }, manifest, chosen) => {
    await writeManifest(paths, manifest);
    await writeCompiled(paths.compiled, chosen);
    return manifest;
  });
}

/** What a selection chooses: nodes in DAG order, and the tests that it chooses without a node that they are on. */
export function list(
  options: ProjectOptions & SelectionOptions,
): Promise<Outcome<{ nodes: readonly ManifestNode[]; tests: readonly ManifestTest[] } | undefined>> {
  return withCompiled(options, async (_, __, nodes, tests) => {
    const chosen = new Set(nodes.map(({ name }) => name));
    const comesWithNode = ({ node, reads }: ManifestTest) =>
      (node === undefined ? reads : [node]).some((name) => chosen.has(name));
    return { nodes, tests: tests.filter((test) => !comesWithNode(test)) };
  });
}

/** Writes the manifest without what only errors need. */
async function writeManifest(paths: ProjectPaths, manifest: Manifest): Promise<void> {
  const nodes = Object.fromEntries(
    [...manifest.nodes].map(([name, { configSpans: _, ...node }]) => [name, printable(node)]),
  );
  const tests = manifest.tests.map(({ span: _, ...test }) => printable(test));
  const failed = manifest.failed?.map(({ name }) => name);
  const text = JSON.stringify({ format: 1, ...manifest, nodes, tests, failed });
  if ((await readFile(paths.manifest, 'utf8').catch(() => undefined)) !== text)
    await writeWhole(paths.manifest, text);
}
