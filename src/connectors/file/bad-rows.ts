import { type Diagnostic, errorDiagnostic, type Note } from '../../diagnostics/diagnostic.js';
import { DiagnosticError } from '../../diagnostics/diagnostic-error.js';
import { isRefusedByMachine } from '../../diagnostics/system-failure.js';
import type { SourceTable } from '../../ir/project.js';
import { type EngineConnection, EngineError } from '../../ports/engine.js';
import { quoteIdentifier } from '../../util/sql-quote.js';
import { csvRejectsSelect, dropRejectTables, wrongEncoding } from './csv-rejects.js';
import { csvSelect, rejectTables } from './csv-scan.js';
import type { FilePart, FilePlan } from './file-plan.js';
import { unfitJsonSelect } from './json-rows.js';
import { oddLineBreak } from './odd-line-break.js';
import { absolutePath, hiddenPrefixes, type Reading } from './scan-columns.js';

const shownRows = 5;
const shownCharacters = 200;
/** Such as the row that the engine quotes. */
const longLine = /^(.{1000}).+$/gmu;

/**
 * Says why reading failed: reads the text files again, row by row, and names the rows that cannot be read. Where
 * every row can, the engine's own words. Undefined for an error that is none of the files' making.
 */
export async function explainUnreadable(
  error: unknown,
  table: SourceTable,
  plan: FilePlan,
  reading: Reading,
  connection: EngineConnection,
): Promise<Diagnostic | undefined> {
  if (error instanceof RangeError) return unreadable(error, table, reading);
  if (!(error instanceof EngineError) || error.kind === 'interrupted' || error.kind === 'out-of-memory')
    return undefined;
  if (isRefusedByMachine(error)) return undefined;
  const notes: Note[] = [];
  let count = 0;
  let isEncoded = false;
  for (const part of plan.parts) {
    const found = await badRowsOf(table, plan, part, reading, connection).catch(async (thrown) => {
      if (!(thrown instanceof EngineError) || thrown.kind === 'interrupted') throw thrown;
      return oddLineBreaks(part, reading);
    });
    isEncoded ||= found.some(({ reason }) => reason.includes(wrongEncoding));
    count += Number(found[0]?.total ?? 0);
    notes.push(...found.slice(0, shownRows - notes.length).map(noteOf));
  }
  if (count === 0) return unreadable(error, table, reading);
  const mend = isEncoded
    ? 'set `encoding`, such as `encoding: latin-1`, fix the files'
    : 'fix the files, declare other types in `columns`';
  const rows = count === 1 ? 'One row' : `${count} rows`;
  return errorDiagnostic('land/bad-row', `${rows} of ${table.name} cannot be read.`, {
    span: table.span,
    notes,
    hint:
      reading.options.on_bad_row === 'quarantine'
        ? 'fix the files'
        : `${mend}, or put such rows into ${table.name}__rejected with \`on_bad_row: quarantine\``,
  });
}

/** Runs an action that reads the files and throws what `explainUnreadable` says of its error. */
export async function explained<T>(
  table: SourceTable,
  plan: FilePlan,
  reading: Reading,
  connection: EngineConnection,
  action: () => Promise<T>,
): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const diagnostic = await explainUnreadable(error, table, plan, reading, connection);
    throw diagnostic ? new DiagnosticError([diagnostic], { cause: error }) : error;
  }
}

interface BadRow {
  readonly file: string;
  readonly line: bigint;
  readonly column: string | null;
  readonly reason: string;
  readonly raw: string | null;
  readonly total: bigint;
}

async function badRowsOf(
  table: SourceTable,
  plan: FilePlan,
  part: FilePart,
  reading: Reading,
  connection: EngineConnection,
): Promise<readonly BadRow[]> {
  const shown = (sql: string) =>
    `select *, count(*) over () as total from (${sql}) order by "file", line limit ${shownRows}`;
  if (part.kind === 'json')
    return (await connection.rows(
      shown(unfitJsonSelect(plan, part, reading)),
    )) as unknown as readonly BadRow[];
  if (part.kind !== 'csv') return [];
  const rejects = rejectTables(`explain ${table.name}`);
  try {
    const counts = plan.schema.columns.map((column) => `count(${quoteIdentifier(column.name)})`);
    await connection.run(`select ${counts.join(', ')} from (${csvSelect(plan, part, reading, rejects)})`);
    return (await connection.rows(shown(csvRejectsSelect(rejects, reading)))) as unknown as readonly BadRow[];
  } finally {
    await connection.run(dropRejectTables(rejects));
  }
}

/** One row of each file: behind it DuckDB does not read on. */
async function oddLineBreaks(part: FilePart, reading: Reading): Promise<readonly BadRow[]> {
  if (part.kind !== 'csv' || part.newLine === undefined) return [];
  const rows: Omit<BadRow, 'total'>[] = [];
  for (const path of part.files) {
    const { compression, newLine } = part;
    const file = { path, absolute: absolutePath(path, reading), format: 'csv' as const, compression };
    const line = await oddLineBreak(file, newLine, reading.options.quote);
    const reason = 'does not end with the same line break as the first row';
    if (line !== undefined) rows.push({ file: path, line: BigInt(line), column: null, reason, raw: null });
  }
  return rows.map((row) => ({ ...row, total: BigInt(rows.length) }));
}

function noteOf({ file, line, column, reason, raw }: BadRow): Note {
  const where = column === null ? '' : ` (column "${column}")`;
  const text = raw === null ? '' : `\n${shorten(raw)}`;
  return { message: `${file}:${line}  ${reason}${where}${text}` };
}

function shorten(raw: string): string {
  const [first = ''] = raw.trimEnd().split(/\r?\n/);
  const cut = first.length > shownCharacters || first.length < raw.trimEnd().length;
  return cut ? `${first.slice(0, shownCharacters)} …` : first;
}

function unreadable(error: Error, table: SourceTable, reading: Reading): Diagnostic {
  // DuckDB puts the first 10,000 bytes of a bad row aside, also where they end inside a character.
  if (reading.options.on_bad_row === 'quarantine' && error.message.startsWith('Invalid unicode'))
    return errorDiagnostic(
      'land/unreadable',
      `${table.name} has a bad row of more than 10,000 bytes, which cannot be put aside because of its characters besides ASCII.`,
      { span: table.span, hint: 'the error of `on_bad_row: fail` names the row' },
    );
  const [message = ''] = error.message.split(/\n\s*\n|\nPossible |\nThis can happen /);
  const text = hiddenPrefixes(reading).reduce((rest, prefix) => rest.replaceAll(prefix, ''), message.trim());
  const short = text.replaceAll(longLine, '$1…');
  return errorDiagnostic('land/unreadable', `${table.name} cannot be read: ${short}`, { span: table.span });
}
