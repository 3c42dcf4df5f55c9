import { errorDiagnostic } from '../../diagnostics/diagnostic.js';
import { DiagnosticError } from '../../diagnostics/diagnostic-error.js';
import type { SourceTable } from '../../ir/project.js';
import { type CsvRecord, csvRecords } from '../csv-records.js';
import type { FoundFile } from './list-files.js';
import { openBytes } from './open-bytes.js';
import type { FileOptions } from './options.js';

/** What the first row of a CSV file says. */
export interface CsvHeader {
  readonly delimiter: string;
  /** Lines before it, `skip_rows` and empty lines. */
  readonly skipRows: number;
  readonly fields: readonly string[];
  /** How the row ends; absent where it is the only one. */
  readonly newLine?: string;
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
  const head = await readHead(file);
  const { text, skipRows } = firstRow(new TextDecoder().decode(head), options.skip_rows);
  if (text.trim() === '') return undefined;
  const delimiter = options.delimiter ?? (file.format === 'tsv' ? '\t' : likelyDelimiter(text, options));
  const record = firstRecord(text, delimiter, options);
  const fields = record?.fields.map((field) => field.text) ?? [];
  if (fields.some((field) => field.includes('\uFFFD')))
    throw new DiagnosticError([
      errorDiagnostic('land/unreadable', `The first row of ${file.path} is not valid ${options.encoding}.`, {
        span: table.span,
        hint: startsAsUtf16(head)
          ? 'set `encoding: utf-16`: its byte order mark says so'
          : 'set `encoding`, such as `encoding: latin-1`',
      }),
    ]);
  const newLine = /^\r?\n/.exec(text.slice(record?.end))?.[0];
  return { delimiter, skipRows, fields, ...(newLine !== undefined && { newLine }) };
}

async function readHead(file: FoundFile): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of openBytes(file)) {
    parts.push(part);
    size += part.length;
    if (size >= headBytes) break;
  }
  return Buffer.concat(parts).subarray(0, headBytes);
}

function startsAsUtf16([first, second]: Uint8Array): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

/** The text from the first row on: behind the lines that are skipped and empty ones. */
function firstRow(head: string, skipRows: number): { readonly text: string; readonly skipRows: number } {
  let text = head;
  for (let skipped = 0; ; skipped++) {
    const line = /^(.*?)(?:\r\n|\n|\r|$)/s.exec(text)!;
    if (text === '' || (skipped >= skipRows && line[1]!.trim() !== '')) return { text, skipRows: skipped };
    text = text.slice(line[0].length);
  }
}

function firstRecord(text: string, delimiter: string, options: FileOptions): CsvRecord | undefined {
  return csvRecords(text, { ...options, delimiter }).next().value ?? undefined;
}

/** The delimiter that stands most often in the first row, outside quotes; a comma when there is none. */
function likelyDelimiter(text: string, options: FileOptions): string {
  const counts = likelyDelimiters.map(
    (delimiter) => firstRecord(text, delimiter, options)?.fields.length ?? 0,
  );
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
