import { relative, resolve, sep } from 'node:path';
import { addressError } from '../storage/registry.js';
import { madeAgain, type ProjectPaths } from './project-paths.js';

/** Why nothing can be stored at an address that a person wrote: the end of a sentence, and what to do. */
export function placeError(
  paths: ProjectPaths,
  address: string,
  targets: readonly string[],
): { readonly where: string; readonly hint?: string } | undefined {
  const wrong = addressError(address);
  if (wrong || address.includes('://')) return wrong;
  // Case counts for nothing, as on some disks.
  const place = resolve(paths.root, address).toLowerCase();
  const around = madeAgain(paths, targets).find((path) =>
    `${place}${sep}`.startsWith(`${path.toLowerCase()}${sep}`),
  );
  if (around === undefined) return undefined;
  const folder = relative(paths.root, around).replaceAll(sep, '/');
  const where = `in ${folder}, which belongs to the tool: \`etl clean\` removes it`;
  return { where, hint: 'name another folder, such as .etl/lake' };
}
