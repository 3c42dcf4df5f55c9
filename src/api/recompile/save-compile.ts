import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import type { ManifestTest } from '../../ir/manifest.js';
import { buildId } from '../../util/build-id.js';
import type { CompiledProject } from '../compile-project.js';
import { isTyped } from '../warm-types.js';
import type { Workspace } from '../workspace.js';
import { savedSignature } from './changed-models.js';
import { compileKey } from './compile-key.js';
import type { ManifestText } from './manifest-text.js';
import { outputsSignature, packInputs, type SavedCompile, writeSavedCompile } from './saved-compile.js';
import { uncertainModels } from './uncertain-models.js';

/**
 * Saves what the next compile needs to compile only what changed. The manifest was written, and nothing is wrong.
 * Nothing is saved where a data test may come to something else by itself.
 */
export async function saveCompile(
  workspace: Workspace,
  compiled: CompiledProject,
  text: ManifestText,
  diagnostics: readonly Diagnostic[],
): Promise<void> {
  const { project, paths, texts, options } = workspace;
  const { manifest, expansion } = compiled;
  const tables = [...project.sources, ...project.seeds, ...project.models];
  const names = tables.flatMap(({ name }) => (manifest.nodes.has(name) ? [name] : []));
  const indexes = new Map(names.map((name, i) => [name, i]));
  const indexesOf = (list: readonly string[]) => list.map((name) => indexes.get(name)!);
  const nodes = names.map((name) => manifest.nodes.get(name)!);
  const order = indexesOf([...manifest.nodes.keys()]);
  const lengths: number[] = [];
  for (const [i, index] of order.entries()) lengths[index] = Buffer.byteLength(text.lines[i]!);
  const files = [...project.models].sort((a, b) => (a.path < b.path ? -1 : 1));
  const ownFiles = new Set([...project.models, ...project.tests].map(({ path }) => path));
  const signatureOf = (path: string) => {
    const signature = texts.get(path)?.signature;
    return signature === undefined ? '' : savedSignature(signature);
  };
  const uncertain = [...uncertainModels(project, manifest, expansion)];
  const modelPaths = new Set(files.map(({ path }) => path));
  // A file under `tests/`, which is no part of what is compiled anew.
  if (uncertain.some((path) => !modelPaths.has(path))) return;
  const hasTypes = isTyped(project) && options.typeCheck !== false;
  const saved: SavedCompile = {
    format: 1,
    build: buildId(),
    key: await compileKey(workspace, compiled, hasTypes),
    outputs: outputsSignature(paths),
    isTyped: hasTypes,
    models: {
      paths: files.map(({ path }) => path).join('\n'),
      signatures: files.map(({ path }) => signatureOf(path)).join('\n'),
      hashes: files.map(({ hash }) => hash).join('\n'),
      uncertain,
    },
    nodes: {
      names: names.join('\n'),
      inputs: packInputs(nodes.map(({ inputs }) => indexesOf(inputs))),
      logics: nodes.map(({ logic }) => logic).join('\n'),
      fingerprints: nodes.map(({ fingerprint }) => fingerprint).join('\n'),
      lengths,
      order,
    },
    headLength: Buffer.byteLength(text.head),
    testCount: manifest.tests.length,
    testReads: manifest.tests.flatMap((test) => testReads(test, indexes)),
    warnings: diagnostics.filter(({ span }) => span && ownFiles.has(span.file)),
  };
  await writeSavedCompile(paths, saved);
}

function testReads(
  { node, reads, unit }: ManifestTest,
  indexes: ReadonlyMap<string, number>,
): readonly (readonly number[])[] {
  const named = unit ? unit.given.map(({ table }) => table) : reads;
  if (named.every((name) => name === node)) return [];
  const owner = node === undefined ? -1 : indexes.get(node)!;
  return [[owner, ...named.map((name) => indexes.get(name)!)]];
}
