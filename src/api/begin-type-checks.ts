import { byPlace, type Diagnostic } from '../diagnostics/diagnostic.js';
import type { Manifest } from '../ir/manifest.js';
import type { Expansion } from '../ports/expansion.js';
import type { Workspace } from './workspace.js';

/** Type-checks a project's TypeScript and adds what is wrong to what was found. */
export type CheckTypes = (found: readonly Diagnostic[]) => Promise<readonly Diagnostic[]>;

/**
 * Type-checks a project beside compiling it. Until its tables are known it is checked against those of the last
 * compile in this process, which nearly every change leaves as they are. The result keeps the generated types up to
 * date. A project without TypeScript has none, and nothing to check.
 */
export function beginTypeChecks(
  workspace: Workspace,
  expansion: Expansion,
): (manifest: Manifest) => Promise<CheckTypes> {
  const { kept, project, options } = workspace;
  const { scanned, scope, outsideKey } = expansion;
  const { macros, models } = project;
  const hasTypeScript =
    scanned.length + macros.length > 0 || models.some(({ language }) => language === 'ts');
  if (!hasTypeScript || options.typeCheck === false) {
    return async () => async (found) => found.toSorted(byPlace);
  }
  const check = async (types: string) => {
    const { typeCheck } = await import('./type-check.js');
    return typeCheck(workspace, { types, scanned, scope, outsideKey });
  };
  const before = kept.types;
  const early = before === undefined ? undefined : check(before);
  // Whoever asks for it sees why it failed.
  early?.catch(() => {});
  return async (manifest) => {
    const { refreshTypes } = await import('./generated-types.js');
    const types = await refreshTypes(workspace, manifest);
    kept.types = types;
    return async (found) => {
      const { mergeTypeErrors } = await import('./merge-type-errors.js');
      return mergeTypeErrors(found, await (early && types === before ? early : check(types)), scanned);
    };
  };
}
