import type { Renames } from '../schema/carried-columns.js';
import { columnPath } from '../schema/column-path.js';
import { type ColumnType, printType } from '../schema/column-type.js';
import { pairFields } from '../schema/pair-fields.js';
import { parseType } from '../schema/parse-type.js';
import type { Pin } from '../schema/pin.js';
import type { TableSchema } from '../schema/table-schema.js';
import { own } from '../util/own.js';

/**
 * The columns that were found, and those of which no value was seen in the types that they are pinned with: an empty
 * export is no other table.
 *
 * @param untyped paths of what no value was seen of, as a connector says them
 */
export function withPinnedTypes(
  found: TableSchema,
  pin: Pin,
  untyped: readonly string[],
  renames: Renames = {},
): TableSchema {
  if (untyped.length === 0) return found;
  const unseen = new Set(untyped);
  const renamed = (parent: string) => (name: string) => own(renames, columnPath.field(parent, name));

  const typeOf = (type: ColumnType, pinned: ColumnType, path: string): ColumnType => {
    if (unseen.has(path)) return pinned;
    if (type.kind === 'list' && pinned.kind === 'list')
      return { kind: 'list', element: typeOf(type.element, pinned.element, columnPath.element(path)) };
    if (type.kind === 'map' && pinned.kind === 'map')
      return { ...type, value: typeOf(type.value, pinned.value, columnPath.value(path)) };
    if (type.kind !== 'struct' || pinned.kind !== 'struct') return type;
    const before = new Map(
      pairFields(pinned.fields, type.fields, renamed(path)).pairs.map((pair) => [pair.after, pair.before]),
    );
    const fields = type.fields.map((field) => {
      const known = before.get(field);
      if (!known) return field;
      return { name: field.name, type: typeOf(field.type, known.type, columnPath.field(path, field.name)) };
    });
    return { kind: 'struct', fields };
  };

  const named = found.columns.map(({ name }) => ({ name }));
  const { pairs } = pairFields(pin.columns, named, renamed(''));
  const pinnedTypes = new Map(pairs.map(({ before, after }) => [after, before.type]));
  let isSame = true;
  const columns = found.columns.map((column, i) => {
    const pinned = pinnedTypes.get(named[i]!);
    if (pinned === undefined || pinned === column.type) return column;
    const type = printType(
      typeOf(parseType(column.type), parseType(pinned), columnPath.field('', column.name)),
    );
    if (type === column.type) return column;
    isSame = false;
    return { ...column, type };
  });
  return isSame ? found : { columns };
}
