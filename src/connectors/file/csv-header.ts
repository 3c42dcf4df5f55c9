import type { EngineConnection } from '../../ports/engine.js';
import { quoteList } from '../../util/sql-quote.js';
import { csvRecords } from '../csv-records.js';
import { csvSettings } from './csv-scan.js';
import type { FoundFile } from './list-files.js';
import type { FileOptions } from './options.js';
import { fileList } from './scan-columns.js';

/** What the first row of a CSV file says. */
export interface CsvHeader {
  readonly delimiter: string;
  /** Lines before it, `skip_rows` and empty lines. */
  readonly skipRows: number;
  readonly fields: readonly string[];
}

const likelyDelimiters = [',', ';', '\t', '|'];
/** A quoted name may hold line breaks; nobody's header is longer than this. */
const headerLines = 50;

/** The first row of a file, through DuckDB, which knows its compression and encoding; undefined for an empty file. */
export async function readCsvHeader(
  file: FoundFile,
  options: FileOptions,
  rootDir: string,
  connection: EngineConnection,
): Promise<CsvHeader | undefined> {
  const settings = [
    ...csvSettings(options, file.compression),
    "header = false, delim = '', quote = '', escape = '', columns = {'line': 'VARCHAR'}",
    `skip = ${options.skip_rows}, nullstr = ${quoteList([''])}`,
  ];
  const rows = await connection.rows(
    `select line from read_csv(${fileList([file.path], rootDir)}, ${settings.join(', ')}) limit ${headerLines}`,
  );
  const lines = rows.map((row) => (row.line as string | null) ?? '');
  const first = lines.findIndex((line) => line.trim() !== '');
  if (first < 0) return undefined;
  const text = lines.slice(first).join('\n');
  const delimiter = options.delimiter ?? (file.format === 'tsv' ? '\t' : likelyDelimiter(text, options));
  const record = csvRecords(text, { ...options, delimiter }).next();
  const fields = record.done ? [] : record.value.fields.map((field) => field.text);
  return { delimiter, skipRows: options.skip_rows + first, fields };
}

/** The delimiter that stands most often in the first row, outside quotes; a comma when there is none. */
function likelyDelimiter(text: string, options: FileOptions): string {
  let best = ',';
  let bestCount = 0;
  for (const delimiter of likelyDelimiters) {
    const record = csvRecords(text, { ...options, delimiter }).next();
    const count = record.done ? 0 : record.value.fields.length - 1;
    if (count > bestCount) {
      best = delimiter;
      bestCount = count;
    }
  }
  return best;
}

/** Names without blanks around them, numbered where they are missing or repeated, as DuckDB does. */
export function columnNames(fields: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return fields.map((field, i) => {
    const base = field.trim() || `column${i}`;
    let name = base;
    for (let n = 1; taken.has(name.toLowerCase()); n++) name = `${base}_${n}`;
    taken.add(name.toLowerCase());
    return name;
  });
}
