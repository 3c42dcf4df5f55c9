import { quoteString } from '../../util/sql-quote.js';
import { duckdbCompression } from './file-format.js';
import type { FilePlan, JsonPart } from './file-plan.js';
import {
  derivedColumns,
  fileList,
  pathColumn,
  pathSettings,
  type Reading,
  readAs,
  readBack,
  selectList,
} from './scan-columns.js';

const defaultRecordMb = 16;

/** Options that every reader of JSON files has. */
export function jsonSettings(part: JsonPart, { options }: Reading): readonly string[] {
  return [
    `format = ${part.format === 'ndjson' ? "'newline_delimited'" : "'auto'"}`,
    `compression = '${duckdbCompression[part.compression]}'`,
    `maximum_object_size = ${(options.max_record_mb ?? defaultRecordMb) << 20}`,
  ];
}

/** A relation with each record, in the column `json`. Where bad rows are put aside, malformed ones are left out. */
export function jsonObjectsSql(part: JsonPart, reading: Reading): string {
  if (part.format === 'ndjson' && reading.options.on_bad_row === 'quarantine')
    return `(select cast(text as json) as json from ${jsonTextsSql(part, reading)} where json_valid(text))`;
  return `read_json_objects(${fileList(part.files, reading)}, ${jsonSettings(part, reading).join(', ')})`;
}

/**
 * A relation with the records as they are written, in the column `text`, and the path of their file: each line
 * of NDJSON, well-formed or not, each record of other JSON.
 */
export function jsonTextsSql(part: JsonPart, reading: Reading): string {
  const files = fileList(part.files, reading);
  const path = `filename = ${quoteString(pathColumn)}`;
  if (part.format === 'json')
    return `(select json as text, ${pathColumn} from read_json_objects(${files}, ${[...jsonSettings(part, reading), path].join(', ')}))`;
  const settings = [
    "auto_detect = false, header = false, delim = '', quote = '', escape = '', columns = {'text': 'VARCHAR'}",
    `compression = '${duckdbCompression[part.compression]}'`,
    `max_line_size = ${(reading.options.max_record_mb ?? defaultRecordMb) << 20}`,
    path,
  ];
  return `read_csv(${files}, ${settings.join(', ')})`;
}

/** A SELECT of the plan's columns from one part; a record that does not fit is an error. */
export function jsonSelect(plan: FilePlan, part: JsonPart, reading: Reading): string {
  const { options } = reading;
  const derived = derivedColumns(plan);
  const stored = plan.schema.columns.filter((column) => !derived.has(column.name));
  const columns = stored.map(
    ({ name, type }) => `${quoteString(name)}: ${quoteString(readAs(type, options))}`,
  );
  const settings = [
    ...jsonSettings(part, reading),
    'records = true',
    `columns = {${columns.join(', ')}}`,
    ...(options.date_format === undefined ? [] : [`dateformat = ${quoteString(options.date_format)}`]),
    ...(options.timestamp_format === undefined
      ? []
      : [`timestampformat = ${quoteString(options.timestamp_format)}`]),
    ...pathSettings(plan),
  ];
  const list = selectList(plan, reading, ({ name, type }) => readBack(name, type, options));
  return `select ${list} from read_json(${fileList(part.files, reading)}, ${settings.join(', ')})`;
}
