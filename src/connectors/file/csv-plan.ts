import { errorDiagnostic } from '../../diagnostics/diagnostic.js';
import { DiagnosticError } from '../../diagnostics/diagnostic-error.js';
import type { SourceTable } from '../../ir/project.js';
import type { ConnectorContext } from '../../ports/connector.js';
import { columnPath } from '../../schema/column-path.js';
import { mapConcurrently } from '../../util/map-concurrently.js';
import { quoteIdentifier } from '../../util/sql-quote.js';
import { inferTextTypes } from '../infer-text-types.js';
import { explained } from './bad-rows.js';
import { columnNames, readCsvHeader } from './csv-header.js';
import { csvTextScan } from './csv-scan.js';
import type { CsvPart, FoundColumn } from './file-plan.js';
import type { FoundFile } from './list-files.js';
import type { FileOptions } from './options.js';
import type { Reading } from './scan-columns.js';

/** Groups files by their header and finds the columns' types. Files of zero bytes belong to no part. */
export async function planCsv(
  table: SourceTable,
  reading: Reading,
  files: readonly FoundFile[],
  context: ConnectorContext,
): Promise<{ readonly parts: readonly CsvPart[]; readonly columns: readonly FoundColumn[] }> {
  const { options } = reading;
  const parts = await groupByHeader(table, options, files);
  const names = new Map<string, string>();
  for (const part of parts)
    for (const name of part.names) if (!names.has(name.toLowerCase())) names.set(name.toLowerCase(), name);
  const declared = new Set(Object.keys(options.columns).map((name) => name.toLowerCase()));
  const open = [...names].filter(([key]) => !declared.has(key)).map(([, name]) => name);
  const skipBadRows = options.on_bad_row === 'quarantine';
  const sets = parts.map((part) => {
    const own = new Map(part.names.map((name) => [name.toLowerCase(), quoteIdentifier(name)]));
    return {
      from: csvTextScan(part, reading, skipBadRows),
      expressions: new Map(
        open.flatMap((name) => {
          const expression = own.get(name.toLowerCase());
          return expression === undefined ? [] : [[name, expression] as const];
        }),
      ),
    };
  });
  const asText = { columns: [...names.values()].map((name) => ({ name, type: 'VARCHAR' })) };
  const formats = { date: options.date_format, timestamp: options.timestamp_format };
  const textPlan = { schema: asText, parts, partitionColumns: [] };
  const { types, untyped } = await explained(table, textPlan, reading, context.connection, () =>
    inferTextTypes(context.connection, sets, formats),
  );
  const columns = asText.columns.map(({ name, type }) => ({
    name,
    type: types.get(name) ?? type,
    ...(untyped.has(name) && { untyped: [columnPath.field('', name)] }),
  }));
  return { parts, columns };
}

async function groupByHeader(
  table: SourceTable,
  options: FileOptions,
  files: readonly FoundFile[],
): Promise<readonly CsvPart[]> {
  const groups = new Map<string, Omit<CsvPart, 'files'> & { files: string[] }>();
  const headers = await mapConcurrently(files, 4, (file) => readCsvHeader(table, file, options));
  for (const [i, file] of files.entries()) {
    const header = headers[i];
    if (!header) continue;
    const names = options.header
      ? columnNames(header.fields)
      : declaredNames(table, options, file, header.fields);
    const shape = {
      kind: 'csv' as const,
      compression: file.compression,
      delimiter: header.delimiter,
      skipRows: header.skipRows,
      ...(header.newLine !== undefined && { newLine: header.newLine }),
      names,
    };
    const key = JSON.stringify(shape);
    const group = groups.get(key);
    if (group) group.files.push(file.path);
    else groups.set(key, { ...shape, files: [file.path] });
  }
  return [...groups.values()];
}

/** Without a header the declared columns name the fields, in order. */
function declaredNames(
  table: SourceTable,
  options: FileOptions,
  file: FoundFile,
  fields: readonly string[],
): readonly string[] {
  const names = Object.keys(options.columns);
  if (names.length === 0) return fields.map((_, i) => `column${i}`);
  if (names.length === fields.length) return names;
  throw new DiagnosticError([
    errorDiagnostic(
      'land/unreadable',
      `${file.path} has ${fields.length} fields in its first row, but \`columns\` names ${names.length}.`,
      {
        span: table.configSpans.columns ?? table.span,
        hint: 'with `header: false` the names in `columns` stand for the fields in order: name them all',
      },
    ),
  ]);
}
