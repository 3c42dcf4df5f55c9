import {
  DuckDBArrayType,
  DuckDBListType,
  DuckDBMapType,
  DuckDBStructType,
  type DuckDBType,
  DuckDBUnionType,
} from '@duckdb/node-api';
import { printFieldName } from '../schema/column-type.js';

/** DuckDB's text for a type. The driver's own text forgets that a VARCHAR is JSON, which is an alias of it. */
export function typeText(type: DuckDBType): string {
  if (type instanceof DuckDBListType) return `${typeText(type.valueType)}[]`;
  if (type instanceof DuckDBArrayType) return `${typeText(type.valueType)}[${type.length}]`;
  if (type instanceof DuckDBMapType) return `MAP(${typeText(type.keyType)}, ${typeText(type.valueType)})`;
  if (type instanceof DuckDBStructType) return `STRUCT(${fields(type.entryNames, type.entryTypes)})`;
  if (type instanceof DuckDBUnionType) return `UNION(${fields(type.memberTags, type.memberTypes)})`;
  return type.alias ?? type.toString();
}

function fields(names: readonly string[], types: readonly DuckDBType[]): string {
  return types
    .map((type, i) => (names[i] ? `${printFieldName(names[i])} ${typeText(type)}` : typeText(type)))
    .join(', ');
}
