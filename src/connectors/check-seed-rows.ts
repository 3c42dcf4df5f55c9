import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import { LineIndex } from '../diagnostics/span.js';
import type { SeedFile } from '../ir/project.js';
import { type CsvRecord, csvRecords } from './csv-records.js';

export interface SeedRows {
  readonly names: readonly string[];
  /** The rows behind the header. */
  readonly records: readonly CsvRecord[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Splits a seed into its rows and reports every one that does not match the header, with its place. */
export function checkSeedRows(seed: SeedFile): SeedRows {
  const index = new LineIndex(seed.text);
  const diagnostics: Diagnostic[] = [];
  const report = (code: 'seed/ragged-row' | 'seed/invalid', message: string, start: number, end: number) =>
    diagnostics.push(errorDiagnostic(code, message, { span: index.span(seed.path, start, end) }));
  const [header, ...records] = csvRecords(seed.text, { delimiter: ',', quote: '"', escape: '"' });
  if (!header) {
    report('seed/invalid', `Seed ${seed.name} is empty: its first row names the columns.`, 0, 0);
    return { names: [], records: [], diagnostics };
  }
  const names = header.fields.map((field) => field.text);
  const first = new Map<string, number>();
  for (const [i, { text, offset }] of header.fields.entries()) {
    const key = text.toLowerCase();
    const end = Math.max(offset + text.length, offset + 1);
    if (text.trim() === '') report('seed/invalid', `Column ${i + 1} has no name.`, offset, end);
    else if (first.has(key))
      report(
        'seed/invalid',
        `Column ${i + 1} has the name of column ${first.get(key)!}, "${text}".`,
        offset,
        end,
      );
    else first.set(key, i + 1);
  }
  const lineBreak = lineBreakBehind(seed.text, header);
  for (const record of records) {
    const { fields, start, end, problem } = record;
    const ends = lineBreakBehind(seed.text, record);
    if (ends !== lineBreak && ends !== '')
      report('seed/invalid', 'This row does not end with the same line break as the header.', end, end);
    if (problem)
      report('seed/invalid', `This row has ${problem.message}.`, problem.offset, problem.offset + 1);
    else if (fields.length !== names.length)
      report(
        'seed/ragged-row',
        `This row has ${fields.length} ${fields.length === 1 ? 'field' : 'fields'}, but the header has ${names.length}.`,
        fields[names.length]?.offset ?? start,
        end,
      );
  }
  if (names.length === 1) reportEmptyLines(seed, index, report);
  return { names, records, diagnostics };
}

/** The line break behind a row; empty behind the last row of a file that ends without. */
export function lineBreakBehind(text: string, { end }: CsvRecord): string {
  return /^(?:\r\n|\n|\r)/.exec(text.slice(end, end + 2))?.[0] ?? '';
}

/** In a seed of one column an empty line would be a row to some readers and none to others. */
function reportEmptyLines(
  seed: SeedFile,
  index: LineIndex,
  report: (code: 'seed/ragged-row', message: string, start: number, end: number) => void,
): void {
  for (const match of seed.text.matchAll(/^\r?\n/gm)) {
    const { line } = index.position(match.index);
    report('seed/ragged-row', `Line ${line} is empty. Write "" for an empty text.`, match.index, match.index);
  }
}
