import type { Workspace } from './workspace.js';

/** Has TypeScript at work beside compiling, and starts it where the project has something that it has not seen yet. */
export async function warmTypes(workspace: Workspace): Promise<void> {
  const { macros, models, tests } = workspace.project;
  const isTyped =
    macros.length > 0 ||
    models.some(({ language, text }) => language === 'ts' || text.includes('${')) ||
    tests.some(({ text }) => text.includes('${'));
  if (!isTyped) return;
  workspace.kept.checksTypes = true;
  const { warmTypeCheck } = await import('./type-check.js');
  warmTypeCheck(workspace);
}
