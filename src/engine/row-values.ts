import type { DuckDBValueConverter } from '@duckdb/node-api';
import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  JsonDuckDBValueConverter,
} from '@duckdb/node-api';
import { textDecoder } from '@duckdb/node-api/lib/vectors/dataAccessors.js';
import { blobText } from '../util/blob-text.js';

// By default moments are written with the offset that the machine's time zone has when the process starts.
DuckDBTimestampTZValue.timezoneOffsetInMinutes = 0;

// The driver's own decoder drops a byte order mark that a text begins with, which makes it another text.
const exactDecoder = new TextDecoder('utf-8', { ignoreBOM: true });
textDecoder.decode = exactDecoder.decode.bind(exactDecoder);

/**
 * Plain JavaScript values: integers of 64 bits and more as bigint, DECIMAL, DATE, TIME, TIMESTAMP and BLOB as
 * DuckDB's text, moments in UTC, nested values as arrays and objects. Nothing loses digits.
 */
export const rowValue: DuckDBValueConverter<unknown> = (value, type, converter) => {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'object') {
    if (value instanceof DuckDBBlobValue) return blobText(value.bytes);
    if (isDay(value)) return dayText(value);
  }
  return JsonDuckDBValueConverter(value, type, converter as typeof JsonDuckDBValueConverter);
};

const days = [
  DuckDBDateValue,
  DuckDBTimestampValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampTZValue,
] as const;

type Day = InstanceType<(typeof days)[number]>;

function isDay(value: unknown): value is Day {
  return days.some((type) => value instanceof type);
}

/** The driver writes infinity as a date in most types, and the year before 1 as 0. */
function dayText(value: Day): string {
  if (!value.isFinite) return isPast(value) ? '-infinity' : 'infinity';
  return String(value).replace(/^0000(-\d\d-\d\d)/, '0001$1 (BC)');
}

function isPast(value: Day): boolean {
  return Object.values(value).some((count) => count < 0);
}
