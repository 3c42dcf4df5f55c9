import { expressionModule, modulePathOf, type TemplateToCheck } from './expression-module.js';
import type { TsDiagnostic } from './type-checker.js';

type Modules = ReadonlyMap<string, string>;
type Check = (modules: Modules) => Promise<readonly TsDiagnostic[]>;

/** What many templates are made of. */
export interface TemplatesToGroup {
  readonly templates: readonly TemplateToCheck[];
  readonly scope: ReadonlyMap<string, string>;
}

/** So many modules and more are put together: opening one costs TypeScript more than what stands in it. */
const manyModules = 60;
const groupSize = 25;

/**
 * Modules in which the expressions of many templates stand together, in place of a module for each. `members` has
 * the paths that each of them stands for.
 */
export function groupModules(
  modules: Modules,
  { templates, scope }: TemplatesToGroup,
): { readonly modules: Modules; readonly members: ReadonlyMap<string, readonly string[]> } {
  const members = new Map<string, readonly string[]>();
  const groupable = templates.filter(
    ({ path, expressions, defined = [] }) =>
      modules.has(modulePathOf(path)) && expressions.length > 0 && defined.length === 0,
  );
  if (groupable.length < manyModules) return { modules, members };
  const grouped = new Map(modules);
  for (let i = 0; i < groupable.length; i += groupSize) {
    const group = groupable.slice(i, i + groupSize);
    const path = `.etl/check/expressions-${i / groupSize}.ts`;
    const expressions = group.flatMap((template) => template.expressions);
    for (const template of group) grouped.delete(modulePathOf(template.path));
    grouped.set(path, expressionModule({ path, text: '', expressions }, scope).text);
    members.set(
      path,
      group.map((template) => modulePathOf(template.path)),
    );
  }
  return { modules: grouped, members };
}

/** Checks modules in groups, and those of a group in which something is wrong by themselves, which says where. */
export async function checkInGroups(
  modules: Modules,
  project: TemplatesToGroup,
  check: Check,
): Promise<readonly TsDiagnostic[]> {
  const { modules: grouped, members } = groupModules(modules, project);
  const found = await check(grouped);
  const wrong = new Set(found.flatMap(({ file = '' }) => (members.has(file) ? file : [])));
  if (wrong.size === 0) return found;
  const good = new Set([...members].flatMap(([group, paths]) => (wrong.has(group) ? [] : paths)));
  return check(new Map([...modules].filter(([path]) => !good.has(path))));
}
