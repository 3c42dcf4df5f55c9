import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { ProjectOptions } from './options.js';
import { openWorkspace, type Workspace } from './workspace.js';

/** Opens a project for one action and closes it afterwards. Throws `DiagnosticError` for one that cannot be read. */
export async function withWorkspace<T>(
  options: ProjectOptions,
  action: (workspace: Workspace) => Promise<T>,
): Promise<T> {
  const { value: workspace, diagnostics } = await openWorkspace(options);
  if (!workspace) throw new DiagnosticError(diagnostics);
  try {
    return await action(workspace);
  } finally {
    await workspace.close();
  }
}
