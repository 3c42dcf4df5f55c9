import type { ColumnType } from './column-type.js';

/** The type that a column of a query is exported to Parquet with: DuckDB would write integers of 128 bits as DOUBLE. */
export function parquetExportType(type: ColumnType): ColumnType {
  switch (type.kind) {
    case 'scalar':
      return /^U?HUGEINT$/.test(type.name) ? { kind: 'decimal', width: 38, scale: 0 } : type;
    case 'list':
    case 'array':
      return { ...type, element: parquetExportType(type.element) };
    case 'map':
      return { ...type, key: parquetExportType(type.key), value: parquetExportType(type.value) };
    case 'struct':
      return {
        ...type,
        fields: type.fields.map((field) => ({ ...field, type: parquetExportType(field.type) })),
      };
    default:
      return type;
  }
}
