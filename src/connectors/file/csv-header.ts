import { errorDiagnostic } from '../../diagnostics/diagnostic.js';
import { DiagnosticError } from '../../diagnostics/diagnostic-error.js';
import type { SourceTable } from '../../ir/project.js';
import { csvRecords } from '../csv-records.js';
import type { FoundFile } from './list-files.js';
import { openBytes } from './open-bytes.js';
import type { FileOptions } from './options.js';

/** What the first row of a CSV file says. */
export interface CsvHeader {
  readonly delimiter: string;
  /** Lines before it, `skip_rows` and empty lines. */
  readonly skipRows: number;
  readonly fields: readonly string[];
}

const likelyDelimiters = [',', ';', '\t', '|'];
/** The first row is looked for in this many bytes. */
const headBytes = 1 << 18;

/** The first row of a file; undefined for an empty file. */
export async function readCsvHeader(
  table: SourceTable,
  file: FoundFile,
  options: FileOptions,
): Promise<CsvHeader | undefined> {
  const lines = (await readHead(file, options)).split(/\r\n|\n|\r/).slice(options.skip_rows);
  const first = lines.findIndex((line) => line.trim() !== '');
  if (first < 0) return undefined;
  const text = lines.slice(first).join('\n');
  const delimiter = options.delimiter ?? (file.format === 'tsv' ? '\t' : likelyDelimiter(text, options));
  const fields = firstFields(text, delimiter, options);
  if (fields.some((field) => field.includes('\uFFFD')))
    throw new DiagnosticError([
      errorDiagnostic('land/unreadable', `The first row of ${file.path} is not valid ${options.encoding}.`, {
        span: table.span,
        hint: 'Set `encoding`, such as `encoding: latin-1`.',
      }),
    ]);
  return { delimiter, skipRows: options.skip_rows + first, fields };
}

async function readHead(file: FoundFile, { encoding }: FileOptions): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of openBytes(file)) {
    parts.push(part);
    size += part.length;
    if (size >= headBytes) break;
  }
  const bytes = Buffer.concat(parts).subarray(0, headBytes);
  const isBigEndian = bytes[0] === 0xfe && bytes[1] === 0xff;
  const label = { 'utf-8': 'utf-8', 'utf-16': isBigEndian ? 'utf-16be' : 'utf-16le', 'latin-1': 'latin1' };
  return new TextDecoder(label[encoding]).decode(bytes);
}

function firstFields(text: string, delimiter: string, options: FileOptions): readonly string[] {
  const { done, value } = csvRecords(text, { ...options, delimiter }).next();
  return done ? [] : value.fields.map((field) => field.text);
}

/** The delimiter that stands most often in the first row, outside quotes; a comma when there is none. */
function likelyDelimiter(text: string, options: FileOptions): string {
  const counts = likelyDelimiters.map((delimiter) => firstFields(text, delimiter, options).length);
  return likelyDelimiters[counts.indexOf(Math.max(...counts))]!;
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
