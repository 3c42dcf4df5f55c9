import type { ColumnType } from './column-type.js';
import { parseType } from './parse-type.js';
import { TypeTextError } from './type-tokens.js';

/** Whether a column of a table can be declared with a type that a query returns: not with one whose fields have no names. */
export function isDeclarable(type: string): boolean {
  // Nearly all are a word.
  if (!/[(<]/.test(type)) return true;
  try {
    return hasNames(parseType(type));
  } catch (error) {
    if (error instanceof TypeTextError) return false;
    throw error;
  }
}

function hasNames(type: ColumnType): boolean {
  switch (type.kind) {
    case 'list':
    case 'array':
      return hasNames(type.element);
    case 'map':
      return hasNames(type.key) && hasNames(type.value);
    case 'struct':
      return type.fields.every((field) => field.name !== '' && hasNames(field.type));
    case 'union':
      return type.members.every((member) => hasNames(member.type));
    default:
      return true;
  }
}
