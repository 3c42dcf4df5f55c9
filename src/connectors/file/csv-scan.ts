import { hash } from '../../util/hash.js';
import { quoteList, quoteString } from '../../util/sql-quote.js';
import { type Compression, duckdbCompression } from './file-format.js';
import type { CsvPart, FilePlan } from './file-plan.js';
import type { FileOptions } from './options.js';
import { fileList, pathSettings, type Reading, readAs, readBack, selectList } from './scan-columns.js';

/** Tables of the session that DuckDB writes unreadable rows to. */
export interface RejectTables {
  readonly scans: string;
  readonly errors: string;
}

/** Names for reject tables that nothing else in the session has. */
export function rejectTables(name: string): RejectTables {
  const key = hash(name).slice(0, 8);
  return { scans: `_parquetry_reject_scans_${key}`, errors: `_parquetry_rejects_${key}` };
}

/** Options that every read_csv call of a source has. */
function csvSettings(options: FileOptions, compression: Compression): readonly string[] {
  return [
    'auto_detect = false',
    `compression = ${quoteString(duckdbCompression[compression])}`,
    ...(options.max_record_mb === undefined ? [] : [`max_line_size = ${options.max_record_mb << 20}`]),
  ];
}

/** A read_csv call that returns the part's columns as text. Rows with too few or too many fields are errors, or skipped. */
export function csvTextScan(part: CsvPart, reading: Reading, skipBadRows: boolean): string {
  const columns = part.names.map((name) => `${quoteString(name)}: 'VARCHAR'`).join(', ');
  const settings = [...dialectSettings(part, reading.options), `columns = {${columns}}`];
  if (skipBadRows) settings.push('ignore_errors = true');
  return `read_csv(${fileList(part.files, reading)}, ${settings.join(', ')})`;
}

/** A SELECT of the plan's columns from one part. */
export function csvSelect(plan: FilePlan, part: CsvPart, reading: Reading, rejects?: RejectTables): string {
  const { options } = reading;
  const typeByName = new Map(plan.schema.columns.map((c) => [c.name.toLowerCase(), c.type]));
  const columns = part.names.map((name) => {
    const type = typeByName.get(name.toLowerCase()) ?? 'VARCHAR';
    return `${quoteString(name)}: ${quoteString(readAs(type, options))}`;
  });
  const settings = [...dialectSettings(part, options), `columns = {${columns.join(', ')}}`];
  if (options.date_format !== undefined) settings.push(`dateformat = ${quoteString(options.date_format)}`);
  if (options.timestamp_format !== undefined)
    settings.push(`timestampformat = ${quoteString(options.timestamp_format)}`);
  if (rejects)
    settings.push(
      'store_rejects = true',
      `rejects_scan = ${quoteString(rejects.scans)}`,
      `rejects_table = ${quoteString(rejects.errors)}`,
    );
  const names = new Map(part.names.map((name) => [name.toLowerCase(), name]));
  const list = selectList(plan, reading, ({ name, type }) => {
    const own = names.get(name.toLowerCase());
    return own === undefined ? undefined : readBack(own, type, options);
  });
  return `select ${list} from read_csv(${fileList(part.files, reading)}, ${[...settings, ...pathSettings(plan)].join(', ')})`;
}

function dialectSettings(part: CsvPart, options: FileOptions): readonly string[] {
  return [
    ...csvSettings(options, part.compression),
    `header = ${options.header}`,
    `delim = ${quoteString(part.delimiter)}`,
    `quote = ${quoteString(options.quote)}`,
    `escape = ${quoteString(options.escape)}`,
    `skip = ${part.skipRows}`,
    ...(part.newLine === undefined ? [] : [`new_line = '${part.newLine === '\n' ? '\\n' : '\\r\\n'}'`]),
    `nullstr = ${quoteList(options.null_values)}`,
    `allow_quoted_nulls = ${options.quoted_nulls}`,
  ];
}
