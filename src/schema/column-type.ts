import { quoteIdentifier, quoteString } from '../util/sql-quote.js';
import { sqlKeywords } from './sql-keywords.js';

/** A DuckDB type as plain data. */
export type ColumnType =
  /** A type without parts, in DuckDB's own words: `INTEGER`, `TIMESTAMP WITH TIME ZONE`, `JSON`. */
  | { readonly kind: 'scalar'; readonly name: string }
  | { readonly kind: 'decimal'; readonly width: number; readonly scale: number }
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  | { readonly kind: 'list'; readonly element: ColumnType }
  | { readonly kind: 'array'; readonly element: ColumnType; readonly size: number }
  | { readonly kind: 'map'; readonly key: ColumnType; readonly value: ColumnType }
  | { readonly kind: 'struct'; readonly fields: readonly TypeField[] }
  | { readonly kind: 'union'; readonly members: readonly TypeField[] };

/** A field of a STRUCT or a member of a UNION. The name is empty for the fields of `row(1, 2)`. */
export interface TypeField {
  readonly name: string;
  readonly type: ColumnType;
}

/** Prints a type exactly as DuckDB's `DESCRIBE` does. */
export function printType(type: ColumnType): string {
  switch (type.kind) {
    case 'scalar':
      return type.name;
    case 'decimal':
      return `DECIMAL(${type.width},${type.scale})`;
    case 'enum':
      return `ENUM(${type.values.map(quoteString).join(', ')})`;
    case 'list':
      return `${printType(type.element)}[]`;
    case 'array':
      return `${printType(type.element)}[${type.size}]`;
    case 'map':
      return `MAP(${printType(type.key)}, ${printType(type.value)})`;
    case 'struct':
      return `STRUCT(${type.fields.map(printField).join(', ')})`;
    case 'union':
      return `UNION(${type.members.map(printField).join(', ')})`;
  }
}

function printField({ name, type }: TypeField): string {
  return name === '' ? printType(type) : `${printFieldName(name)} ${printType(type)}`;
}

/** A field's name as DuckDB prints it inside a type: quoted only where it must be. */
export function printFieldName(name: string): string {
  const plain = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !sqlKeywords.has(name.toLowerCase());
  return plain ? name : quoteIdentifier(name);
}
