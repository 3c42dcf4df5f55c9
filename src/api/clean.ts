import { readdir, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { ProjectOptions } from './options.js';
import { openWorkspace } from './workspace.js';

/**
 * Removes everything below `.etl/` that can be made again, and returns the removed paths, relative to the
 * project. A lake that lies there is left alone: only a rebuild could bring its history back.
 */
export async function clean(options: ProjectOptions): Promise<readonly string[]> {
  const { value: workspace, diagnostics } = await openWorkspace(options);
  if (!workspace) throw new DiagnosticError(diagnostics);
  const { paths, project } = workspace;
  await workspace.close();
  const entries = await readdir(paths.state).catch(() => []);
  const removed: string[] = [];
  for (const entry of entries) {
    const path = join(paths.state, entry);
    // Any lake, of this target or another, has its log here.
    const inside: readonly string[] = await readdir(path).catch(() => []);
    const holdsLake = inside.includes('_etl');
    if (holdsLake || project.target.lake === path || project.target.lake.startsWith(`${path}/`)) continue;
    await rm(path, { recursive: true, force: true });
    removed.push(relative(paths.root, path));
  }
  return removed;
}
