import { readFile } from 'node:fs/promises';
import type { CompiledSql } from '../compiler/compile-input.js';
import { type Diagnostic, hasErrors, type Outcome, warningDiagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { ManifestNode, ManifestTest } from '../ir/manifest.js';
import { EngineError } from '../ports/engine.js';
import { type CompiledSelection, withCompiled } from './check.js';
import { writeWhole } from './last-run.js';
import type { ProjectOptions, SelectionOptions } from './options.js';
import type { ProjectPaths } from './project-paths.js';
import { joined, manifestText } from './recompile/manifest-text.js';
import { type CompiledCounts, recompile } from './recompile/recompile.js';
import { saveCompile } from './recompile/save-compile.js';
import { CompiledFolder } from './write-compiled.js';

/** Smaller projects are compiled as a whole in less time than it takes to find out what a change reaches. */
const manyModels = 1000;

/**
 * Compiles a project and writes what came of it: `.etl/manifest.json`, and the expanded SQL of every model under
 * `.etl/compiled/`, as DuckDB runs it; with a warning instead where these may only be read. From `partsFrom` models on,
 * only what changed since the last time is compiled.
 */
export async function compile(
  options: ProjectOptions & SelectionOptions,
  partsFrom = manyModels,
): Promise<Outcome<CompiledCounts | undefined>> {
  const { select, exclude, state } = options;
  const isWhole = !select && !exclude && state === undefined;
  const quick = isWhole && (await recompiled(options));
  if (quick) return quick;
  let folder: CompiledFolder | undefined;
  const onBound = ({ compiled, isReadOnly }: ProjectPaths) => {
    if (isReadOnly) return undefined;
    folder = new CompiledFolder(compiled);
    return isWhole ? (model: CompiledSql) => folder!.add(model) : undefined;
  };
  const whole = { ...options, types: true, onBound };
  const write = async (selection: CompiledSelection): Promise<CompiledCounts> => {
    const { workspace, compiled, chosen, diagnostics } = selection;
    const { paths, project } = workspace;
    const { manifest } = compiled;
    const counts = { nodes: manifest.nodes.size, tests: manifest.tests.length };
    if (!folder) return { ...counts, isUnwritten: true };
    const text = manifestText(manifest);
    await writeManifest(paths, joined(text));
    await folder.finish(chosen);
    if (isWhole && project.models.length >= partsFrom && !hasErrors(diagnostics))
      await saveCompile(workspace, compiled, text, diagnostics);
    return counts;
  };
  const found = await withCompiled(whole, write).finally(() => folder?.stop());
  return found.value?.isUnwritten ? { ...found, diagnostics: [...found.diagnostics, unwritten()] } : found;
}

function unwritten(): Diagnostic {
  const message = 'The folder .etl may only be read: .etl/manifest.json and .etl/compiled stay as they are.';
  return warningDiagnostic('project/read-only', message, {
    hint: 'etl check finds the same and writes nothing',
  });
}

/** What a selection chooses: nodes in DAG order, and the tests that it chooses without a node that they are on. */
export function list(
  options: ProjectOptions & SelectionOptions,
): Promise<Outcome<{ nodes: readonly ManifestNode[]; tests: readonly ManifestTest[] } | undefined>> {
  return withCompiled(options, async ({ chosen: nodes, tests }) => {
    const chosen = new Set(nodes.map(({ name }) => name));
    const comesWithNode = ({ node, reads }: ManifestTest) =>
      (node === undefined ? reads : [node]).some((name) => chosen.has(name));
    return { nodes, tests: tests.filter((test) => !comesWithNode(test)) };
  });
}

/** What was saved may be damaged: then it is as good as none. */
async function recompiled(options: ProjectOptions): ReturnType<typeof recompile> {
  try {
    return await recompile(options);
  } catch (thrown) {
    if (thrown instanceof DiagnosticError || thrown instanceof EngineError) throw thrown;
    return undefined;
  }
}

async function writeManifest({ manifest }: ProjectPaths, text: string): Promise<void> {
  if ((await readFile(manifest, 'utf8').catch(() => undefined)) !== text) await writeWhole(manifest, text);
}
