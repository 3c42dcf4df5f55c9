import type { ColumnType } from './column-type.js';

/** Types without parts, as DuckDB prints them; INET is an extension's that others are made of. */
const scalarTypes = [
  ...['BOOLEAN', 'TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'HUGEINT', 'BIGNUM'],
  ...['UTINYINT', 'USMALLINT', 'UINTEGER', 'UBIGINT', 'UHUGEINT', 'FLOAT', 'DOUBLE'],
  ...['VARCHAR', 'JSON', 'BLOB', 'BIT', 'UUID', 'VARIANT', 'GEOMETRY', 'INET', '"NULL"'],
  ...['DATE', 'TIME', 'TIME_NS', 'TIME WITH TIME ZONE', 'INTERVAL', 'TIMESTAMP', 'TIMESTAMP_S'],
  ...['TIMESTAMP_MS', 'TIMESTAMP_NS', 'TIMESTAMP WITH TIME ZONE'],
] as const;

export const typeNames: readonly string[] = [...scalarTypes, 'DECIMAL', 'ENUM', 'STRUCT', 'MAP', 'UNION'];
const known = new Set<string>(scalarTypes);

/** The first name in a type that DuckDB has no type for. */
export function unknownTypeName(type: ColumnType): string | undefined {
  switch (type.kind) {
    case 'scalar': {
      const name = type.name.replace(/\(.*/, '');
      return known.has(name) ? undefined : name;
    }
    case 'list':
    case 'array':
      return unknownTypeName(type.element);
    case 'map':
      return unknownTypeName(type.key) ?? unknownTypeName(type.value);
    case 'struct':
      return firstUnknown(type.fields);
    case 'union':
      return firstUnknown(type.members);
    case 'decimal':
    case 'enum':
      return undefined;
  }
}

function firstUnknown(fields: readonly { readonly type: ColumnType }[]): string | undefined {
  for (const { type } of fields) {
    const name = unknownTypeName(type);
    if (name !== undefined) return name;
  }
  return undefined;
}
