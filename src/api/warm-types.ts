import type { Project } from '../ir/project.js';
import type { Workspace } from './workspace.js';

/** Has TypeScript at work beside compiling, and starts it where the project has something that it has not seen yet. */
export async function warmTypes(workspace: Workspace): Promise<void> {
  if (!isTyped(workspace.project)) return;
  workspace.kept.checksTypes = true;
  const { warmTypeCheck } = await import('./type-check.js');
  warmTypeCheck(workspace);
}

/** Whether a project has TypeScript, as far as its texts tell. */
export function isTyped({ macros, models, tests }: Project): boolean {
  return (
    macros.length > 0 ||
    models.some(({ language, text }) => language === 'ts' || text.includes('${')) ||
    tests.some(({ text }) => text.includes('${'))
  );
}
