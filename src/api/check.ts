import type { Outcome } from '../diagnostics/diagnostic.js';
import type { Manifest } from '../ir/manifest.js';
import { compileProject } from './compile-project.js';
import type { ProjectOptions } from './options.js';
import { openWorkspace, type Workspace } from './workspace.js';

/** Reports everything that is wrong with a project, in one go, without running any of it. */
export function check(options: ProjectOptions): Promise<Outcome<Manifest | undefined>> {
  return withCompiled(options, async (_, manifest) => manifest);
}

/** Compiles a project and hands the manifest on; what is wrong comes beside the result. */
export async function withCompiled<T>(
  options: ProjectOptions,
  action: (workspace: Workspace, manifest: Manifest) => Promise<T>,
): Promise<Outcome<T | undefined>> {
  const { value: workspace, diagnostics } = await openWorkspace(options);
  if (!workspace) return { value: undefined, diagnostics };
  try {
    const lake = await workspace.lake();
    const compiled = await compileProject(workspace, await lake.snapshot());
    const all = [...diagnostics, ...compiled.diagnostics];
    if (!compiled.value) return { value: undefined, diagnostics: all };
    return { value: await action(workspace, compiled.value.manifest), diagnostics: all };
  } finally {
    await workspace.close();
  }
}
