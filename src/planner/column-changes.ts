import { earlierColumns, grownType, type Renames } from '../schema/carried-columns.js';
import { columnPath } from '../schema/column-path.js';
import type { Column } from '../schema/table-schema.js';

/** What became of the columns that a table has. */
export function compareColumns(now: readonly Column[], before: readonly Column[], renames: Renames) {
  const earlier = earlierColumns(before, now, renames);
  const known = new Set(earlier.values());
  const pairs = [...earlier].map(([column, old]): [Column, Column] => [old, column]);
  return {
    earlier,
    added: now.filter((column) => !earlier.has(column)),
    removed: before.filter((column) => !known.has(column)),
    changed: pairs.filter(([old, column]) => old.type !== column.type),
    renamed: pairs.filter(([old, column]) => old.name.toLowerCase() !== column.name.toLowerCase()),
  };
}

/** The type that holds the values of both. */
export function grownOf(old: Column, { name, type }: Column, renames: Renames): string {
  return grownType(old.type, type, columnPath.field('', name), renames);
}

/** What became of the columns that a table has, one sentence each: `v was DOUBLE and is INTEGER`. */
export function columnNotes({
  added,
  removed,
  changed,
  renamed,
}: ReturnType<typeof compareColumns>): readonly string[] {
  return [
    ...renamed.map(([before, now]) => `${before.name} is ${now.name} now`),
    ...added.map(({ name, type }) => `${name} ${type} is new`),
    ...removed.map(({ name, type }) => `${name} ${type} is gone`),
    ...changed.map(([before, now]) => `${now.name} was ${before.type} and is ${now.type}`),
  ];
}
