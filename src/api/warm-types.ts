import type { Workspace } from './workspace.js';

/** Starts TypeScript beside compiling where the project has something for it that it has not seen yet. */
export async function warmTypes(workspace: Workspace): Promise<void> {
  const { macros, models, tests } = workspace.project;
  const isTyped =
    macros.length > 0 ||
    models.some(({ language, text }) => language === 'ts' || text.includes('${')) ||
    tests.some(({ text }) => text.includes('${'));
  if (!isTyped) return;
  const { warmTypeCheck } = await import('./type-check.js');
  warmTypeCheck(workspace);
}
