import type { Outcome } from '../diagnostics/diagnostic.js';
import { hasErrors } from '../diagnostics/diagnostic.js';
import { generateTypes } from '../typegen/generate-types.js';
import { withCompiled } from './check.js';
import type { ProjectOptions, SelectionOptions } from './options.js';

/**
 * The TypeScript of a Kysely `Database` with the chosen tables of a project that an application can read: all
 * but ephemeral models. Undefined where the project has errors.
 */
export async function types(
  options: ProjectOptions & SelectionOptions,
): Promise<Outcome<string | undefined>> {
  const { value, diagnostics } = await withCompiled(options, async ({ compiled: { manifest }, chosen }) => {
    const readable = chosen.filter((node) => node.config.materialized !== 'ephemeral');
    const nodes = new Map(readable.map((node) => [node.name, node]));
    return generateTypes({ ...manifest, nodes }, { as: 'module' });
  });
  return { value: hasErrors(diagnostics) ? undefined : value, diagnostics };
}
