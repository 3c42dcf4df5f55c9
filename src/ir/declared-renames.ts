import { columnPath } from '../schema/column-path.js';
import type { NodeConfig } from './project.js';

/** The old name, without its place, by the path of each column or field that says `renamed_from`. */
export function declaredRenames({ columns }: NodeConfig): Readonly<Record<string, string>> {
  const renames = columns.flatMap(({ name, renamedFrom }) =>
    // A nested field is configured under its path, which needs no further quoting.
    renamedFrom === undefined ? [] : [[/[.[]/.test(name) ? name : columnPath.field('', name), renamedFrom]],
  );
  return Object.fromEntries(renames);
}
