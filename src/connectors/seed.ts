import { resolve } from 'node:path';
import { type Diagnostic, errorDiagnostic, type Outcome } from '../diagnostics/diagnostic.js';
import { LineIndex } from '../diagnostics/span.js';
import type { SeedFile } from '../ir/project.js';
import type { SourceColumns } from '../ports/connector.js';
import type { EngineConnection } from '../ports/engine.js';
import type { Memo } from '../ports/memo.js';
import { columnPath } from '../schema/column-path.js';
import type { TableSchema } from '../schema/table-schema.js';
import { hash } from '../util/hash.js';
import { nearest } from '../util/nearest.js';
import { quoteIdentifier, quotePath, quoteString } from '../util/sql-quote.js';
import { checkSeedRows, lineBreakBehind, type SeedRows } from './check-seed-rows.js';
import { csvRecords } from './csv-records.js';
import { declaredType } from './declared-type.js';
import { inferTextTypes } from './infer-text-types.js';

export interface SeedContext {
  readonly rootDir: string;
  /** May open on first use: a seed that the memo knows needs no engine. */
  readonly connection: EngineConnection;
  readonly memo?: Memo;
}

/**
 * The columns of a seed, or everything that is wrong with its rows, each with its place. Types that the person
 * did not fix are those that hold every text exactly (see docs/sources.md). The columns are empty where there are errors.
 */
export async function describeSeed(seed: SeedFile, context: SeedContext): Promise<Outcome<SourceColumns>> {
  const key = hash('2', seed.hash, JSON.stringify(seed.columnTypes));
  const known = context.memo?.get<SourceColumns>('seed', key);
  if (known) return { value: known, diagnostics: [] };
  const rows = checkSeedRows(seed);
  const declared = await fixedTypes(seed, rows.names, context.connection);
  const diagnostics: Diagnostic[] = [...rows.diagnostics, ...declared.diagnostics];
  const failed = { value: { columns: [] }, diagnostics };
  if (diagnostics.length > 0) return failed;
  diagnostics.push(...(await misfits(seed, rows, declared.value, context)));
  if (diagnostics.length > 0) return failed;
  const open = rows.names.filter((name) => !declared.value.has(name));
  const from = textScan(seed, rows.names, context.rootDir);
  const expressions = new Map(open.map((name) => [name, quoteIdentifier(name)]));
  const { types, untyped } = await inferTextTypes(context.connection, [{ from, expressions }], {});
  const typeOf = (name: string) => declared.value.get(name) ?? types.get(name) ?? 'VARCHAR';
  const value = {
    columns: rows.names.map((name) => ({ name, type: typeOf(name) })),
    ...(untyped.size > 0 && { untyped: [...untyped].map((name) => columnPath.field('', name)) }),
  };
  context.memo?.set('seed', key, value);
  return { value, diagnostics };
}

/** A SELECT of the seed's rows with the types of `schema`, which `describeSeed` gave. */
export function seedSql(seed: SeedFile, schema: TableSchema, rootDir: string): string {
  return `select * from ${scan(seed, schema, rootDir)}`;
}

function scan(seed: SeedFile, schema: TableSchema, rootDir: string): string {
  const columns = schema.columns.map((c) => `${quoteString(c.name)}: ${quoteString(c.type)}`).join(', ');
  // DuckDB takes a line break inside the header for how rows end, unless it is told.
  const [header] = csvRecords(seed.text, { delimiter: ',', quote: '"', escape: '"' });
  const lineBreak = { '\n': '\\n', '\r\n': '\\r\\n' }[header ? lineBreakBehind(seed.text, header) : ''];
  const newLine = lineBreak === undefined ? '' : `, new_line = '${lineBreak}'`;
  const dialect = `header = true, delim = ',', quote = '"', escape = '"', allow_quoted_nulls = false`;
  return `read_csv(${quotePath(resolve(rootDir, seed.path))}, auto_detect = false, ${dialect}, columns = {${columns}}${newLine})`;
}

function textScan(seed: SeedFile, names: readonly string[], rootDir: string): string {
  return scan(seed, { columns: names.map((name) => ({ name, type: 'VARCHAR' })) }, rootDir);
}

/** The types that the person fixed, by the name in the header. */
async function fixedTypes(
  seed: SeedFile,
  names: readonly string[],
  connection: EngineConnection,
): Promise<Outcome<ReadonlyMap<string, string>>> {
  const value = new Map<string, string>();
  const diagnostics: Diagnostic[] = [];
  for (const [written, text] of Object.entries(seed.columnTypes)) {
    const span = seed.configSpans[`columns.${written}`] ?? seed.configSpans.columns;
    const place = span && { span };
    const name = names.find((n) => n.toLowerCase() === written.toLowerCase());
    if (name === undefined) {
      if (names.length === 0) continue;
      const close = nearest(written, names);
      const hint = close === undefined ? `its columns are ${names.join(', ')}` : `did you mean "${close}"?`;
      diagnostics.push(
        errorDiagnostic('seed/invalid', `Seed ${seed.name} has no column "${written}".`, { ...place, hint }),
      );
      continue;
    }
    const type = await declaredType(connection, text);
    if ('type' in type) value.set(name, type.type);
    else
      diagnostics.push(
        errorDiagnostic(
          'project/invalid-value',
          `Column "${name}" of seed ${seed.name}: ${type.problem}.`,
          place,
        ),
      );
  }
  return { value, diagnostics };
}

/** Values that do not fit the types that the person fixed. */
async function misfits(
  seed: SeedFile,
  rows: SeedRows,
  types: ReadonlyMap<string, string>,
  { connection, rootDir }: SeedContext,
): Promise<readonly Diagnostic[]> {
  const index = new LineIndex(seed.text);
  const selects = [...types].map(([name, type]) => {
    const column = quoteIdentifier(name);
    const misfit = `${column} is not null and try_cast(${column} as ${type}) is null`;
    return `select i, ${quoteString(name)} as name, ${column} as text from numbered where ${misfit}`;
  });
  if (selects.length === 0) return [];
  const found = await connection.rows(
    `with numbered as materialized (select row_number() over () - 1 as i, * from ${textScan(seed, rows.names, rootDir)})
     select * from (${selects.join(' union all ')}) order by i`,
  );
  return found.map((row) => {
    const name = row.name as string;
    const field = rows.records[Number(row.i)]!.fields[rows.names.indexOf(name)]!;
    const length = field.quoted ? field.text.length + 2 : field.text.length;
    return errorDiagnostic(
      'seed/invalid',
      `"${row.text as string}" is not of type ${types.get(name)!}, which column "${name}" has.`,
      { span: index.span(seed.path, field.offset, field.offset + length) },
    );
  });
}
