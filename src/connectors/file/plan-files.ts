import { type Diagnostic, errorDiagnostic } from '../../diagnostics/diagnostic.js';
import { DiagnosticError } from '../../diagnostics/diagnostic-error.js';
import type { SourceTable } from '../../ir/project.js';
import type { ConnectorContext } from '../../ports/connector.js';
import type { EngineConnection } from '../../ports/engine.js';
import { storedType } from '../../schema/stored-type.js';
import type { Column } from '../../schema/table-schema.js';
import { nearest } from '../../util/nearest.js';
import { declaredType } from '../declared-type.js';
import { planArrow } from './arrow-plan.js';
import { planCsv } from './csv-plan.js';
import type { FilePart, FilePlan, FoundColumn } from './file-plan.js';
import { planJson } from './json-plan.js';
import type { FoundFile } from './list-files.js';
import { openBytes } from './open-bytes.js';
import type { FileOptions } from './options.js';
import { planParquet } from './parquet-plan.js';
import { partitionKeys, type Reading } from './scan-columns.js';
import { renamed, unifyColumns } from './unify-columns.js';

/** Finds out how a table's files are read and what columns they have. Throws `DiagnosticError` and `EngineError`. */
export async function planFiles(
  table: SourceTable,
  files: readonly FoundFile[],
  reading: Reading,
  context: ConnectorContext,
): Promise<FilePlan> {
  const { options } = reading;
  const of = (...formats: string[]) => files.filter((file) => formats.includes(file.format));
  const declared = await declaredColumns(table, options, context.connection);
  const csv = await planCsv(table, reading, of('csv', 'tsv'), context);
  const json = await planJson(table, of('json', 'ndjson'), reading, context);
  const typed = [
    ...(await planParquet(of('parquet'), reading, context)),
    ...(await planArrow(table, of('arrow'), context)),
  ];
  const parts: FilePart[] = [...csv.parts, ...json.parts, ...typed];
  const columns = new Map<string, FoundColumn>();
  const add = (column: FoundColumn, where: string) => {
    const key = column.name.toLowerCase();
    const known = columns.get(key);
    const fixed = declared.get(key);
    const now = fixed
      ? { name: known?.name ?? column.name, type: fixed.type }
      : known
        ? unifyColumns(known, column)
        : column;
    if (!now) throw unlikeTypes(table, known!, column, where);
    columns.set(key, now);
  };
  for (const column of csv.columns) add(column, csv.parts[0]!.files[0]!);
  for (const column of json.columns) {
    add(column, json.parts[0]!.files[0]!);
    const key = column.name.toLowerCase();
    // Keys of JSON are found as they are written only, names in other files in any case.
    columns.set(key, renamed(columns.get(key)!, column.name));
  }
  for (const part of typed)
    for (const column of part.columns)
      if (options.infer_columns || declared.has(column.name.toLowerCase())) add(column, part.files[0]!);
  const partitionColumns = options.hive_partitioning ? partitionColumnsOf(table, files, columns) : [];
  for (const name of partitionColumns) add({ name, type: 'VARCHAR' }, '');
  const sparse = json.parts.length > 0 || parts.length === 0;
  // Keys that nobody looked for are those that are declared.
  if (json.parts.length > 0 && !options.infer_columns)
    for (const [key, { name }] of declared) {
      const found = columns.get(key);
      if (found) columns.set(key, renamed(found, name));
    }
  for (const [key, column] of declared) {
    if (columns.has(key)) continue;
    if (!sparse) throw missingColumn(table, column.name, [...columns.values()]);
    columns.set(key, column);
  }
  if (columns.size === 0) throw await noColumns(table, files);
  if (!options.union_by_name) refuseUnlikeColumns(table, parts, json.parts.length);
  const filenameColumn = options.filename === true ? 'filename' : options.filename || undefined;
  if (filenameColumn !== undefined)
    columns.set(filenameColumn.toLowerCase(), { name: filenameColumn, type: 'VARCHAR' });
  const found = [...columns.values()];
  const untyped = found.flatMap((column) => column.untyped ?? []);
  return {
    schema: {
      columns: found.map((column) => ({ name: column.name, type: stored(table, column) })),
      ...(untyped.length > 0 && { untyped }),
    },
    parts,
    partitionColumns,
    ...(filenameColumn !== undefined && { filenameColumn }),
  };
}

async function declaredColumns(
  table: SourceTable,
  options: FileOptions,
  connection: EngineConnection,
): Promise<ReadonlyMap<string, Column>> {
  const columns = new Map<string, Column>();
  const diagnostics: Diagnostic[] = [];
  for (const [name, text] of Object.entries(options.columns)) {
    const type = await declaredType(connection, text);
    if ('type' in type) columns.set(name.toLowerCase(), { name, type: type.type });
    else
      diagnostics.push(
        errorDiagnostic('project/invalid-value', `Column "${name}" of ${table.name}: ${type.problem}.`, {
          span: columnSpan(table, name),
        }),
      );
  }
  if (diagnostics.length > 0) throw new DiagnosticError(diagnostics);
  return columns;
}

function stored(table: SourceTable, column: Column): string {
  const result = storedType(column.type);
  if ('type' in result) return result.type;
  throw new DiagnosticError([
    errorDiagnostic(
      'compile/unsupported-type',
      `Column "${column.name}" of ${table.name} is ${column.type}: ${result.problem}.`,
      { span: columnSpan(table, column.name), hint: 'declare another type in `columns`, such as VARCHAR' },
    ),
  ]);
}

function unlikeTypes(table: SourceTable, known: Column, other: Column, where: string): DiagnosticError {
  return new DiagnosticError([
    errorDiagnostic(
      'land/unreadable',
      `Column "${known.name}" of ${table.name} is ${known.type} in some files and ${other.type} in ${where}; no type holds both exactly.`,
      { span: table.span, hint: `declare its type: \`columns: { ${known.name}: VARCHAR }\`` },
    ),
  ]);
}

function missingColumn(table: SourceTable, name: string, columns: readonly Column[]): DiagnosticError {
  const names = columns.map((column) => column.name);
  const close = nearest(name, names);
  return new DiagnosticError([
    errorDiagnostic('land/unreadable', `No file of ${table.name} has the declared column "${name}".`, {
      span: columnSpan(table, name),
      hint: close === undefined ? `the files have ${names.join(', ')}` : `did you mean "${close}"?`,
    }),
  ]);
}

async function noColumns(table: SourceTable, files: readonly FoundFile[]): Promise<DiagnosticError> {
  const full = await Promise.all(files.map(hasContent));
  const isOne = files.length === 1;
  const where = isOne ? files[0]!.path : `the ${files.length} files of ${table.name}`;
  const thus = `so ${isOne ? 'its' : 'their'} columns cannot be found`;
  const what =
    files.length === 0
      ? `${table.name} has no files, and \`columns\` does not say what it would hold`
      : full.includes(true)
        ? `No record of ${where} is an object with keys, ${thus}`
        : isOne
          ? `${where} is empty, ${thus}`
          : `All ${files.length} files of ${table.name} are empty, ${thus}`;
  return new DiagnosticError([
    errorDiagnostic('land/unreadable', `${what}.`, {
      span: table.span,
      hint: 'declare them to land an empty table: `columns: { id: BIGINT, … }`',
    }),
  ]);
}

/** False for a file with nothing in it, or with an empty array. */
async function hasContent(file: FoundFile): Promise<boolean> {
  let text = '';
  for await (const bytes of openBytes(file)) {
    text += Buffer.from(bytes).toString('latin1').trim();
    if (text.length > 2) break;
  }
  return !/^(\[\s*\])?$/.test(text);
}

function refuseUnlikeColumns(table: SourceTable, parts: readonly FilePart[], jsonParts: number): void {
  const named = parts.flatMap((part) =>
    part.kind === 'json'
      ? []
      : [{ file: part.files[0]!, names: part.kind === 'csv' ? part.names : part.columns.map((c) => c.name) }],
  );
  const [first, ...others] = named;
  const text = (names: readonly string[]) => names.join(', ');
  const unlike = others.find((part) => text(part.names) !== text(first!.names));
  if (!unlike || jsonParts > 0) return;
  throw new DiagnosticError([
    errorDiagnostic(
      'land/unreadable',
      `The files of ${table.name} have different columns:\n${first!.file}: ${text(first!.names)}\n${unlike.file}: ${text(unlike.names)}`,
      {
        span: table.span,
        hint: 'without `union_by_name: false` columns are matched by name and missing ones are NULL',
      },
    ),
  ]);
}

function partitionColumnsOf(
  table: SourceTable,
  files: readonly FoundFile[],
  columns: ReadonlyMap<string, Column>,
): readonly string[] {
  const keys = partitionKeys(files[0]?.path ?? '');
  const unlike = files.find((file) => partitionKeys(file.path).join('/') !== keys.join('/'));
  if (unlike)
    throw new DiagnosticError([
      errorDiagnostic(
        'land/unreadable',
        `${files[0]!.path} and ${unlike.path} have different \`key=value\` folders.`,
        { span: table.span },
      ),
    ]);
  return keys.filter((key) => !columns.has(key.toLowerCase()));
}

function columnSpan(table: SourceTable, name: string) {
  return table.configSpans[`columns.${name}`] ?? table.configSpans.columns ?? table.span;
}
