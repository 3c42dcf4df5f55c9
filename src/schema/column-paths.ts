import { nearest } from '../util/nearest.js';
import { columnPath } from './column-path.js';
import type { ColumnType } from './column-type.js';
import { parseType } from './parse-type.js';
import type { Column } from './table-schema.js';

/** The paths of columns and of all that is inside them, such as `items`, `items[]`, `items[].sku`. */
export function columnPaths(columns: readonly Column[]): readonly string[] {
  return columns.flatMap(({ name, type }) => pathsIn(parseType(type), columnPath.field('', name)));
}

function pathsIn(type: ColumnType, path: string): readonly string[] {
  switch (type.kind) {
    case 'list':
    case 'array':
      return [path, ...pathsIn(type.element, columnPath.element(path))];
    case 'map':
      return [
        path,
        ...pathsIn(type.key, columnPath.key(path)),
        ...pathsIn(type.value, columnPath.value(path)),
      ];
    case 'struct':
      return [
        path,
        ...type.fields.flatMap((field) => pathsIn(field.type, columnPath.field(path, field.name))),
      ];
    default:
      return [path];
  }
}

/** The path that was meant: one with the same names that goes through lists and maps, or one that is close. */
export function nearestPath(path: string, paths: readonly string[]): string | undefined {
  const names = (text: string) => text.replaceAll(/\[(?:key|value)?\]/g, '').toLowerCase();
  return paths.findLast((one) => names(one) === names(path)) ?? nearest(path, paths);
}
