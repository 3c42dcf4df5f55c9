import {
  DuckDBArrayType,
  DuckDBListType,
  DuckDBMapType,
  type DuckDBResult,
  DuckDBStructType,
  type DuckDBType,
  DuckDBUnionType,
  type DuckDBValueConverter,
} from '@duckdb/node-api';

/**
 * Rows of a result, whose structs without names of fields (`row(1, 2)`) have their fields under `0`, `1` and so on:
 * the driver keeps fields by name, of which all but the last would be lost.
 */
export async function* rowsWithNumberedFields<T>(
  result: DuckDBResult,
  converter: DuckDBValueConverter<T>,
): AsyncGenerator<(T | null)[][]> {
  for await (const chunk of result) {
    for (let i = 0; i < chunk.columnCount; i++) {
      for (const type of unnamedStructs(chunk.getColumnVector(i).type)) {
        const names = type.entryNames.map((_, field) => String(field));
        const indexes = Object.fromEntries(names.map((name, field) => [name, field]));
        Object.assign(type, { entryNames: names, entryIndexes: indexes });
      }
    }
    yield chunk.convertRows(converter);
  }
}

/** The structs in a type, itself included, whose fields have no names. */
export function unnamedStructs(type: DuckDBType): readonly DuckDBStructType[] {
  const inner = partsOf(type).flatMap(unnamedStructs);
  const isUnnamed = type instanceof DuckDBStructType && type.entryNames.every((name) => name === '');
  return isUnnamed ? [type, ...inner] : inner;
}

function partsOf(type: DuckDBType): readonly DuckDBType[] {
  if (type instanceof DuckDBStructType) return type.entryTypes;
  if (type instanceof DuckDBListType || type instanceof DuckDBArrayType) return [type.valueType];
  if (type instanceof DuckDBMapType) return [type.keyType, type.valueType];
  return type instanceof DuckDBUnionType ? type.memberTypes : [];
}
