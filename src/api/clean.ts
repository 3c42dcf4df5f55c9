import { rm, stat } from 'node:fs/promises';
import { relative } from 'node:path';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { ProjectOptions } from './options.js';
import { catalogPath } from './project-paths.js';
import { openWorkspace } from './workspace.js';

/**
 * Removes what lies below `.etl/` and can be made again, and returns the removed paths, relative to the project. It goes
 * by name: whatever else lies there (lakes of any target, published folders, what became of earlier runs) stays.
 */
export async function clean(options: ProjectOptions): Promise<readonly string[]> {
  const { value: workspace, diagnostics } = await openWorkspace(options);
  if (!workspace) throw new DiagnosticError(diagnostics);
  const { paths, project } = workspace;
  await workspace.close();
  const catalogs = project.targetNames.map((name) => catalogPath(paths, name));
  const removed: string[] = [];
  for (const path of [paths.cache, paths.compiled, paths.manifest, paths.temp, paths.types, ...catalogs]) {
    if (!(await stat(path).catch(() => undefined))) continue;
    await rm(path, { recursive: true, force: true });
    removed.push(relative(paths.root, path));
  }
  return removed;
}
