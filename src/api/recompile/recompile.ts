import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Outcome } from '../../diagnostics/diagnostic.js';
import { findProjectRoot } from '../../project/find-project-root.js';
import { writeWhole } from '../last-run.js';
import type { ProjectOptions } from '../options.js';
import { projectPaths } from '../project-paths.js';
import { openWorkspace } from '../workspace.js';
import { updateCompiled } from '../write-compiled.js';
import { changedModels, type ModelChanges } from './changed-models.js';
import { compilePart, mostModels } from './compile-part.js';
import { patchManifest } from './patch-manifest.js';
import { outputsSignature, readSavedCompile, type SavedCompile, writeSavedCompile } from './saved-compile.js';
import { SavedNodes } from './saved-nodes.js';

/** How much was compiled. */
export interface CompiledCounts {
  readonly nodes: number;
  readonly tests: number;
  /** Set where nothing of it was written, since the project may only be read. */
  readonly isUnwritten?: true;
}

/**
 * Compiles what changed since the last compile of a project, with all else as that left it, and brings what it wrote
 * up to date: the same functions on a part of the project. Undefined where a change reaches more than that, or
 * something is wrong: then the whole project is to be compiled, which says what.
 */
export async function recompile(options: ProjectOptions): Promise<Outcome<CompiledCounts> | undefined> {
  const root = findProjectRoot(resolve(options.projectDir ?? '.'));
  if (root === undefined) return undefined;
  const paths = projectPaths(root);
  const saved = readSavedCompile(paths);
  if (!saved) return undefined;
  const manifest = readFile(paths.manifest);
  // Whoever waits for it sees why.
  manifest.catch(() => {});
  if (saved.isTyped && !existsSync(join(paths.types, 'index.d.ts'))) return undefined;
  const part = new Set(saved.models.uncertain);
  let changes: ModelChanges | undefined;
  const opened = await openWorkspace(options, (files) => {
    changes ??= changedModels(root, files, saved.models);
    for (const path of changes?.changed ?? []) part.add(path);
    return part.size > mostModels ? [] : files.filter((path) => part.has(path));
  });
  if (!opened.value) return undefined;
  try {
    if (opened.value.paths.isReadOnly || !changes || part.size > mostModels) return undefined;
    const known = new SavedNodes(saved, await manifest);
    if (part.size > 0) opened.value.prepareBinder();
    const compiled = await compilePart(opened.value, part, saved, known, opened.diagnostics);
    if (!compiled) return undefined;
    const { nodes } = compiled;
    const patched = patchManifest(saved, known, nodes);
    if (!patched) return undefined;
    const isOther = patched.changed.length > 0;
    if (isOther) await writeWhole(paths.manifest, patched.pieces);
    updateCompiled(
      paths.compiled,
      nodes.filter(({ name }) => patched.changed.includes(name)),
    );
    const now: SavedCompile = {
      ...saved,
      outputs: outputsSignature(paths),
      models: { ...changes.models, uncertain: compiled.uncertain },
      nodes: patched.nodes,
      warnings: compiled.warnings,
    };
    if (isOther || !isSame(now, saved)) await writeSavedCompile(paths, now);
    const value = { nodes: saved.nodes.lengths.length, tests: saved.testCount };
    return { value, diagnostics: compiled.diagnostics };
  } finally {
    await opened.value.close();
  }
}

/** Whether two of the same nodes and outputs know the same of the files. */
function isSame(one: SavedCompile, other: SavedCompile): boolean {
  const fewOf = ({ models, warnings }: SavedCompile) => JSON.stringify([models.uncertain, warnings]);
  const { signatures, hashes } = one.models;
  return (
    signatures === other.models.signatures && hashes === other.models.hashes && fewOf(one) === fewOf(other)
  );
}
