import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { byPlace, type Diagnostic } from '../diagnostics/diagnostic.js';
import type { Manifest } from '../ir/manifest.js';
import type { Expansion } from '../ports/expansion.js';
import type { Workspace } from './workspace.js';

/** Type-checks a project's TypeScript and adds what is wrong to what was found. */
export type CheckTypes = (found: readonly Diagnostic[]) => Promise<readonly Diagnostic[]>;

/** What TypeScript has against a project, with these declarations of its tables. */
interface Checked {
  readonly types: string;
  readonly found: readonly Diagnostic[];
}

/**
 * Type-checks a project beside compiling it. Until its tables are known it is checked against those of the last
 * compile, which nearly every change leaves as they are. The result keeps the generated types up to date, unless
 * `keepsTypes`: then those of the last compile are right. A project without TypeScript has none, and nothing to check.
 */
export function beginTypeChecks(
  workspace: Workspace,
  expansion: Expansion,
  { keepsTypes = false } = {},
): (manifest: Manifest) => Promise<CheckTypes> {
  const { kept, project, options, paths } = workspace;
  const { scanned, scope, outsideKey } = expansion;
  const { macros, models } = project;
  const hasTypeScript =
    scanned.length + macros.length > 0 || models.some(({ language }) => language === 'ts');
  if (!hasTypeScript || options.typeCheck === false) {
    return async () => async (found) => found.toSorted(byPlace);
  }
  const check = async (types: string): Promise<Checked> => {
    const { typeCheck } = await import('./type-check.js');
    return { types, found: await typeCheck(workspace, { types, scanned, scope, outsideKey }) };
  };
  const typesBefore = async () =>
    kept.types ?? (await readFile(join(paths.types, 'index.d.ts'), 'utf8').catch(() => undefined));
  const begin = async (): Promise<Checked | undefined> => {
    const before = await typesBefore();
    if (before !== undefined) return check(before);
    const { loadModules } = await import('./type-check.js');
    // What is wrong with TypeScript itself, checking says.
    await loadModules(workspace, { scanned, scope, outsideKey }).catch(() => {});
    return undefined;
  };
  const early = kept.checksTypes ? begin() : undefined;
  // Whoever asks for it sees why it failed.
  early?.catch(() => {});
  return async (manifest) => {
    const { refreshTypes } = await import('./generated-types.js');
    const types = (keepsTypes && (await typesBefore())) || (await refreshTypes(workspace, manifest));
    kept.types = types;
    return async (found) => {
      const { mergeTypeErrors } = await import('./merge-type-errors.js');
      const first = await early;
      const late = first?.types === types ? first : check(types);
      // Something to do until TypeScript answers.
      const [checked] = await Promise.all([late, workspace.saveMemo()]);
      return mergeTypeErrors(found, checked.found, scanned);
    };
  };
}
