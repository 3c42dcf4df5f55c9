import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hash } from '../../util/hash.js';
import type { CompiledProject } from '../compile-project.js';
import type { Workspace } from '../workspace.js';
import { nodeLine } from './manifest-text.js';

/** Stands for all that a compile depends on besides the files of its models; secrets are in it as a hash only. */
export async function compileKey(
  workspace: Workspace,
  { manifest, expansion }: CompiledProject,
  isTyped: boolean,
): Promise<string> {
  const { project, options, env, paths } = workspace;
  const { models: _, seeds, macros, sqlMacros, ...settings } = project;
  const files = [...seeds, ...macros, ...sqlMacros].map(({ path, hash }) => [path, hash]);
  // Defaults of models stand in no value of their own.
  const etl = readFileSync(join(paths.root, 'etl.yml'), 'utf8');
  const used = [...etl.matchAll(/\benv\.(\w+)/g)].map(([, name = '']) => [name, env[name]]);
  const tables = [...manifest.nodes.values()].filter(({ kind }) => kind !== 'model').map(nodeLine);
  const outside = isTyped ? (await import('../type-check.js')).typeEnvironmentKey(workspace) : '';
  const parts = [settings, files, etl, used, tables, expansion.outsideKey, outside, options.typeCheck];
  return hash(JSON.stringify(parts));
}
