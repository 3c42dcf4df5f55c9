import type { DuckDBValueConverter } from '@duckdb/node-api';
import { JsonDuckDBValueConverter } from '@duckdb/node-api';

/**
 * Plain JavaScript values: integers of 64 bits and more as bigint, DECIMAL, DATE, TIME and TIMESTAMP as
 * DuckDB's text, nested values as arrays and objects. Nothing loses digits.
 */
export const rowValue: DuckDBValueConverter<unknown> = (value, type, converter) =>
  typeof value === 'bigint'
    ? value
    : JsonDuckDBValueConverter(value, type, converter as typeof JsonDuckDBValueConverter);
