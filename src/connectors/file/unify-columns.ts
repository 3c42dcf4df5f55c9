import { columnPath } from '../../schema/column-path.js';
import type { FoundColumn } from './file-plan.js';
import { unifyTypes } from './unify-types.js';

/** One column of files that have it in different types; undefined where no type holds both exactly. */
export function unifyColumns(known: FoundColumn, other: FoundColumn): FoundColumn | undefined {
  if (hasNoValue(other)) return known;
  if (hasNoValue(known)) return other.name === known.name ? other : { name: known.name, type: other.type };
  const type = unifyTypes(known.type, other.type);
  return type === undefined ? undefined : { name: known.name, type };
}

/** The column under another name. */
export function renamed(column: FoundColumn, name: string): FoundColumn {
  if (column.name === name) return column;
  const { type } = column;
  return { name, type, ...(hasNoValue(column) && { untyped: [columnPath.field('', name)] }) };
}

function hasNoValue({ name, untyped = [] }: FoundColumn): boolean {
  return untyped.includes(columnPath.field('', name));
}
