import type { ColumnType, TypeField } from './column-type.js';
import { parseType } from './parse-type.js';
import { TypeTextError } from './type-tokens.js';

/**
 * The TypeScript type of a column's values as the engine hands them to JavaScript, in which nothing loses
 * digits: integers of 64 bits and more are `bigint`; DECIMAL, DATE, TIME, TIMESTAMP, UUID, BLOB and JSON are
 * DuckDB's text. Elements, fields and map values can always be null, because DuckDB does not tell.
 *
 * `STRUCT(sku VARCHAR, n BIGINT)[]` → `({ sku: string | null; n: bigint | null } | null)[]`
 *
 * @param type DuckDB's text for the type; what cannot be read becomes `unknown`
 * @param nullable whether the column itself can be NULL
 */
export function typescriptType(type: string, nullable: boolean): string {
  let text = known.get(type);
  if (text === undefined) {
    text = parsedType(type);
    // A project has few types and many columns.
    if (known.size < mostKnown) known.set(type, text);
  }
  return nullable ? orNull(text) : text;
}

const known = new Map<string, string>();
const mostKnown = 10_000;

function parsedType(type: string): string {
  try {
    return valueType(parseType(type));
  } catch (error) {
    if (error instanceof TypeTextError) return 'unknown';
    throw error;
  }
}

/** A name as a property of an object type: quoted only where it must be. */
export function typescriptProperty(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

const scalars: Readonly<Record<string, string>> = {
  BOOLEAN: 'boolean',
  TINYINT: 'number',
  SMALLINT: 'number',
  INTEGER: 'number',
  UTINYINT: 'number',
  USMALLINT: 'number',
  UINTEGER: 'number',
  FLOAT: 'number',
  DOUBLE: 'number',
  BIGINT: 'bigint',
  UBIGINT: 'bigint',
  HUGEINT: 'bigint',
  UHUGEINT: 'bigint',
  BIGNUM: 'bigint',
  INTERVAL: '{ months: number; days: number; micros: string }',
  '"NULL"': 'null',
};
const asText = /^(VARCHAR|BLOB|BIT|UUID|JSON|DATE|TIME|TIME_NS|TIME WITH TIME ZONE|TIMESTAMP.*|GEOMETRY.*)$/;

function valueType(type: ColumnType): string {
  switch (type.kind) {
    case 'scalar':
      return scalars[type.name] ?? (asText.test(type.name) ? 'string' : 'unknown');
    case 'decimal':
      return 'string';
    case 'enum':
      return type.values.map((value) => JSON.stringify(value)).join(' | ');
    case 'list':
    case 'array':
      return `(${orNull(valueType(type.element))})[]`;
    case 'map':
      return `{ key: ${valueType(type.key)}; value: ${orNull(valueType(type.value))} }[]`;
    case 'struct':
      return `{ ${type.fields.map(fieldType).join('; ')} }`;
    case 'union':
      return type.members
        .map(
          ({ name, type: member }) => `{ tag: ${JSON.stringify(name)}; value: ${orNull(valueType(member))} }`,
        )
        .join(' | ');
  }
}

function fieldType({ name, type }: TypeField): string {
  return `${typescriptProperty(name)}: ${orNull(valueType(type))}`;
}

function orNull(text: string): string {
  return text === 'null' || text === 'unknown' ? text : `${text} | null`;
}
