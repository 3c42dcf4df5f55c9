import { rm, stat } from 'node:fs/promises';
import { relative } from 'node:path';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { ProjectOptions } from './options.js';
import { madeAgain } from './project-paths.js';
import { publishPlaceError } from './publish-place-error.js';
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
  const places = [...project.models, ...project.seeds].map((node) => publishPlaceError(workspace, node));
  const wrong = [...diagnostics, ...places.flatMap((one) => one ?? [])].filter(
    ({ code }) => code === 'project/bad-place',
  );
  if (wrong.length > 0) throw new DiagnosticError(wrong);
  const removed: string[] = [];
  for (const path of madeAgain(paths, project.targetNames)) {
    if (!(await stat(path).catch(() => undefined))) continue;
    await rm(path, { recursive: true, force: true });
    removed.push(relative(paths.root, path));
  }
  return removed;
}
