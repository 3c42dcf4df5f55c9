import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compilerDefaults } from '../checker/compiler-defaults.js';
import type { Manifest } from '../ir/manifest.js';
import { generateTypes } from '../typegen/generate-types.js';
import { writeWhole } from './last-run.js';
import { nodeTypes, typePaths } from './type-paths.js';
import type { Workspace } from './workspace.js';

/**
 * The declarations of a project's tables and variables, kept under `.etl/types/` together with the
 * `tsconfig.json` that the project's own one extends, so that editors know what the type check knows.
 */
export async function refreshTypes({ project, paths }: Workspace, manifest: Manifest): Promise<string> {
  const text = generateTypes(manifest, { as: 'augmentation', vars: project.vars });
  const texts = [...project.macros, ...project.models.filter(({ language }) => language === 'ts')].map(
    (file) => file.text,
  );
  const folder = paths.types;
  const files: Readonly<Record<string, string>> = {
    'index.d.ts': text,
    'tsconfig.json': `${JSON.stringify(tsconfig(paths.root, nodeTypes(paths.root, texts)), undefined, 2)}\n`,
  };
  for (const [name, content] of paths.isReadOnly ? [] : Object.entries(files)) {
    const file = join(folder, name);
    if ((await readFile(file, 'utf8').catch(() => undefined)) === content) continue;
    await mkdir(folder, { recursive: true });
    await writeWhole(file, content);
  }
  return text;
}

/** Paths in it are relative to it, wherever the tsconfig lies that extends it. */
function tsconfig(rootDir: string, types: readonly string[]) {
  const paths = Object.entries(typePaths(rootDir)).map(([name, file]) => [name, [file]]);
  return {
    compilerOptions: { ...compilerDefaults, types, paths: Object.fromEntries(paths) },
    include: ['index.d.ts', '../../macros/**/*.ts', '../../models/**/*.ts'],
  };
}
