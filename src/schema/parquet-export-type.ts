import type { ColumnType } from './column-type.js';

const asText = /^(INTERVAL|TIME WITH TIME ZONE)$/;

/** Whether DuckDB's text for a type names one that is not exported as it is. */
export function isChangedByParquet(type: string): boolean {
  return /HUGEINT|INTERVAL|TIME WITH TIME ZONE/.test(type);
}

/**
 * The type that a column of a query is exported to Parquet with: DuckDB would write integers of 128 bits as DOUBLE,
 * intervals in milliseconds, and times without their zone. The last two are its text instead.
 */
export function parquetExportType(type: ColumnType): ColumnType {
  switch (type.kind) {
    case 'scalar':
      if (/^U?HUGEINT$/.test(type.name)) return { kind: 'decimal', width: 38, scale: 0 };
      return asText.test(type.name) ? { kind: 'scalar', name: 'VARCHAR' } : type;
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
