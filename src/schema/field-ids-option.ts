import { own } from '../util/own.js';
import { quoteIdentifier } from '../util/sql-quote.js';
import { columnPath } from './column-path.js';
import type { ColumnType } from './column-type.js';
import { parseType } from './parse-type.js';
import type { Column } from './table-schema.js';

/**
 * The value of the FIELD_IDS option of DuckDB's COPY, which writes a pin's ids into the Parquet file:
 * `{"id": 1, "tags": {__duckdb_field_id: 2, "element": 3}}`; undefined when no column has an id. Every column with
 * an id must be in the query. Columns of a fixed-size array type must be cast to a list first.
 */
export function fieldIdsOption(columns: readonly Column[]): string | undefined {
  const entries = columns.flatMap(({ name, type, fieldId, nestedIds = {} }) => {
    if (fieldId === undefined) return [];
    return [`${quoteIdentifier(name)}: ${withInside(fieldId, nested(parseType(type), '', nestedIds))}`];
  });
  return entries.length === 0 ? undefined : `{${entries.join(', ')}}`;
}

function nested(type: ColumnType, path: string, ids: Readonly<Record<string, number>>): readonly string[] {
  const entry = (name: string, at: string, inner: ColumnType): string[] => {
    const id = own(ids, at);
    return id === undefined ? [] : [`${quoteIdentifier(name)}: ${withInside(id, nested(inner, at, ids))}`];
  };
  switch (type.kind) {
    case 'list':
      return entry('element', columnPath.element(path), type.element);
    case 'map':
      return [
        ...entry('key', columnPath.key(path), type.key),
        ...entry('value', columnPath.value(path), type.value),
      ];
    case 'struct':
      return type.fields.flatMap((field) =>
        entry(field.name, columnPath.field(path, field.name), field.type),
      );
    default:
      return [];
  }
}

function withInside(id: number, inside: readonly string[]): string {
  return inside.length === 0 ? String(id) : `{__duckdb_field_id: ${id}, ${inside.join(', ')}}`;
}
