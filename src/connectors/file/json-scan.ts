import { quoteIdentifier, quoteString } from '../../util/sql-quote.js';
import { duckdbCompression } from './file-format.js';
import type { FilePlan, JsonPart } from './file-plan.js';
import { fileList, pathSettings, type Reading, selectList } from './scan-columns.js';

/** Options that every reader of JSON files has. */
export function jsonSettings(part: JsonPart, { options }: Reading): readonly string[] {
  return [
    `format = ${part.format === 'ndjson' ? "'newline_delimited'" : "'auto'"}`,
    `compression = '${duckdbCompression[part.compression]}'`,
    ...(options.max_record_mb === 16 ? [] : [`maximum_object_size = ${options.max_record_mb * 1_000_000}`]),
  ];
}

/** A relation with each record as text, in the column `json`. Where bad rows are put aside, they are left out. */
export function jsonObjectsSql(part: JsonPart, reading: Reading): string {
  if (part.format === 'ndjson' && reading.options.on_bad_row === 'quarantine')
    return `(select line as json from ${linesSql(part, reading)} where json_valid(line))`;
  return `read_json_objects(${fileList(part.files, reading.rootDir)}, ${jsonSettings(part, reading).join(', ')})`;
}

/** A relation with each line of the files, in the column `line`; empty lines are NULL. */
function linesSql(part: JsonPart, { options, rootDir }: Reading): string {
  const settings = [
    "auto_detect = false, header = false, delim = '', quote = '', escape = '', columns = {'line': 'VARCHAR'}",
    `compression = '${duckdbCompression[part.compression]}'`,
    ...(options.max_record_mb === 16 ? [] : [`max_line_size = ${options.max_record_mb * 1_000_000}`]),
  ];
  return `read_csv(${fileList(part.files, rootDir)}, ${settings.join(', ')})`;
}

/** A SELECT of the plan's columns from one part; a record that does not fit is an error. */
export function jsonSelect(plan: FilePlan, part: JsonPart, reading: Reading): string {
  const { options, rootDir } = reading;
  const derived = new Set([...plan.partitionColumns, plan.filenameColumn]);
  const stored = plan.schema.columns.filter((column) => !derived.has(column.name));
  const columns = stored.map(({ name, type }) => `${quoteString(name)}: ${quoteString(type)}`);
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
  const list = selectList(plan, rootDir, ({ name }) => quoteIdentifier(name));
  return `select ${list} from read_json(${fileList(part.files, rootDir)}, ${settings.join(', ')})`;
}
