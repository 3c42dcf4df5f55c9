import type { Manifest } from '../../ir/manifest.js';
import type { Project } from '../../ir/project.js';
import type { Expansion } from '../../ports/expansion.js';

/**
 * Paths of models that may come to something else although neither their files nor what the key of a compile
 * covers have changed: compiling a part of a project always takes them along.
 */
export function uncertainModels(
  { models, macros }: Pick<Project, 'models' | 'macros'>,
  manifest: Manifest,
  { pending, unrepeatable, scanned }: Expansion,
): ReadonlySet<string> {
  const uncertain = new Set([...pending.map(({ path }) => path), ...unrepeatable]);
  const macrosReadEnvironment = macros.some(({ text }) => readsEnvironment(text));
  for (const { path, expressions } of scanned) {
    if (macrosReadEnvironment || expressions.some(({ code }) => readsEnvironment(code))) uncertain.add(path);
  }
  for (const { path, text, bodyOffset, language } of models) {
    if (language === 'ts' || text.slice(0, bodyOffset).includes('${')) uncertain.add(path);
  }
  for (const { kind, path, repeatable, config } of manifest.nodes.values()) {
    const policy = config.options.on_schema_change;
    const isBoundToLake = policy === 'ignore' || policy === 'append_new_columns';
    if (kind === 'model' && (!repeatable || isBoundToLake)) uncertain.add(path);
  }
  return uncertain;
}

function readsEnvironment(code: string): boolean {
  return /\benv\b/.test(code);
}
