import { readFile } from 'node:fs/promises';
import type { Outcome } from '../diagnostics/diagnostic.js';
import type { Manifest, ManifestNode } from '../ir/manifest.js';
import { printableSql } from '../ir/printable-sql.js';
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

/** The nodes of a project that a selection chooses, in DAG order. */
export function list(
  options: ProjectOptions & SelectionOptions,
): Promise<Outcome<readonly ManifestNode[] | undefined>> {
  return withCompiled(options, async (_, __, chosen) => chosen);
}

/** Writes the manifest without what only errors need. */
async function writeManifest(paths: ProjectPaths, manifest: Manifest): Promise<void> {
  const nodes = Object.fromEntries(
    [...manifest.nodes].map(([name, { segments, configSpans: _, sql, ...node }]) => [
      name,
      { ...node, ...(sql !== undefined && { sql: printableSql({ sql, segments }) }) },
    ]),
  );
  const tests = manifest.tests.map(({ span: _, ...test }) => test);
  const failed = manifest.failed?.map(({ name }) => name);
  const text = JSON.stringify({ format: 1, ...manifest, nodes, tests, failed });
  if ((await readFile(paths.manifest, 'utf8').catch(() => undefined)) !== text)
    await writeWhole(paths.manifest, text);
}
