import type { DuckDBValueConverter } from '@duckdb/node-api';
import { DuckDBDateValue, DuckDBTimestampTZValue, JsonDuckDBValueConverter } from '@duckdb/node-api';

// By default moments are written with the offset that the machine's time zone has when the process starts.
DuckDBTimestampTZValue.timezoneOffsetInMinutes = 0;

/**
 * Plain JavaScript values: integers of 64 bits and more as bigint, DECIMAL, DATE, TIME and TIMESTAMP as
 * DuckDB's text, moments in UTC, nested values as arrays and objects. Nothing loses digits.
 */
export const rowValue: DuckDBValueConverter<unknown> = (value, type, converter) => {
  if (typeof value === 'bigint') return value;
  if (value instanceof DuckDBDateValue && !value.isFinite) return value.days > 0 ? 'infinity' : '-infinity';
  return JsonDuckDBValueConverter(value, type, converter as typeof JsonDuckDBValueConverter);
};
