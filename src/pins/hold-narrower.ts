import type { RuleId } from '../schema/compatibility-rules.js';
import { exactChanges } from '../schema/exact-cast.js';
import { parseType } from '../schema/parse-type.js';
import type { Pin } from '../schema/pin.js';
import type { TableSchema } from '../schema/table-schema.js';
import { typeChange } from '../schema/type-change.js';

/** An integer that a DOUBLE would not hold fails when it lands. */
const harmless: readonly RuleId[] = [...exactChanges, 'int64-to-double'];
/** Types whose texts are those that a file had. */
const plainText = /^(U?(TINY|SMALL|BIG)?INT|U?INTEGER|DATE)$/;

/**
 * The columns of a source in their pinned types, where those hold what was found: a file of prices that happen to be
 * whole is no other file. Types that somebody declared stay as they are.
 *
 * @param declared names of the columns with a declared type
 */
export function holdNarrower(found: TableSchema, pin: Pin, declared: readonly string[]): TableSchema {
  const pinned = new Map(pin.columns.map(({ name, type }) => [name.toLowerCase(), type]));
  const fixed = new Set(declared.map((name) => name.toLowerCase()));
  let isSame = true;
  const columns = found.columns.map((column) => {
    const key = column.name.toLowerCase();
    const type = pinned.get(key);
    if (type === undefined || fixed.has(key) || !holds(type, column.type)) return column;
    isSame = false;
    return { ...column, type };
  });
  return isSame ? found : { columns };
}

function holds(pinned: string, found: string): boolean {
  if (pinned === 'VARCHAR') return plainText.test(found);
  // No change of a struct may still be one of its fields.
  const change = typeChange(parseType(found), parseType(pinned));
  return change !== undefined && harmless.includes(change);
}
