import { errorDiagnostic } from '../../diagnostics/diagnostic.js';
import { DiagnosticError } from '../../diagnostics/diagnostic-error.js';
import type { SourceTable } from '../../ir/project.js';
import type { ConnectorContext } from '../../ports/connector.js';
import { columnPath } from '../../schema/column-path.js';
import { printType } from '../../schema/column-type.js';
import { quoteList } from '../../util/sql-quote.js';
import { type InferredTypes, inferTextTypes } from '../infer-text-types.js';
import { hasZone } from '../text-types.js';
import { explained } from './bad-rows.js';
import type { FoundColumn, JsonPart } from './file-plan.js';
import { objectFields, objectKeys, recordPath } from './json-keys.js';
import { leavesOf, replaceLeaves } from './json-leaves.js';
import { jsonObjectsSql } from './json-scan.js';
import { sniffJson } from './json-sniff.js';
import type { FoundFile } from './list-files.js';
import type { Reading } from './scan-columns.js';

/** Records that DuckDB's own inference looks at; what it finds is then tested over all of them. */
const sampleRecords = 100_000;

/** Groups JSON files and finds the columns' types. */
export async function planJson(
  table: SourceTable,
  files: readonly FoundFile[],
  reading: Reading,
  context: ConnectorContext,
): Promise<{ readonly parts: readonly JsonPart[]; readonly columns: readonly FoundColumn[] }> {
  const parts = groupFiles(files);
  if (parts.length === 0 || !reading.options.infer_columns) return { parts, columns: [] };
  const textPlan = { schema: { columns: [] }, parts, partitionColumns: [] };
  const columns = await explained(table, textPlan, reading, context.connection, () =>
    inferColumns(table, parts, reading, context),
  );
  return { parts, columns };
}

/** The columns of all records: shapes as DuckDB finds them, scalars with types that hold every value exactly. */
async function inferColumns(
  table: SourceTable,
  parts: readonly JsonPart[],
  reading: Reading,
  context: ConnectorContext,
): Promise<readonly FoundColumn[]> {
  const { connection } = context;
  const isDeclared = namesOf(Object.keys(reading.options.columns));
  const keys = await keysAt([recordPath]);
  const names = [...keys.get(recordPath)!];
  if (names.length === 0) return [];
  let columns = await sniffJson(parts, reading, context, sampleRecords, names.length);
  if (await hasUnseenKeys()) columns = await sniffJson(parts, reading, context, -1, names.length);
  if (columns.some(({ name }) => !names.includes(name))) throw unnameableKeys(table, names);
  // DuckDB's reader takes a timestamp_format with a zone only where `readAs` can help it: at the top.
  const isZonedFormat = hasZone(reading.options.timestamp_format ?? '');
  const open = columns.map((column) => {
    if (isDeclared(column.name)) return [];
    const found = leavesOf(column);
    return isZonedFormat && column.type.kind === 'struct'
      ? found.filter((leaf) => leaf.family !== 'temporal')
      : found;
  });
  const leaves = open.flat();
  const { types, untyped } = await testLeaves();
  return columns.map(({ name, type }, i) => {
    const unseen = open[i]!.flatMap(({ path }) => (untyped.has(path) ? path : []));
    return {
      name,
      type: printType(isDeclared(name) ? type : replaceLeaves(type, columnPath.field('', name), types)),
      ...(unseen.length > 0 && { untyped: unseen }),
    };
  });

  function keysAt(paths: readonly string[]) {
    return objectKeys(parts, reading, connection, paths);
  }

  /** True when a record behind the sample has a key that none in the sample has. */
  async function hasUnseenKeys(): Promise<boolean> {
    const fields = objectFields(columns.filter((column) => !isDeclared(column.name)));
    const nested = [...fields.keys()].filter((path) => path !== recordPath);
    const found = [...keys, ...(nested.length > 0 ? await keysAt(nested) : [])];
    const seen = (path: string, key: string) =>
      fields.get(path)!.has(key) || (path === recordPath && isDeclared(key));
    return found.some(([path, all]) => [...all].some((key) => !seen(path, key)));
  }

  async function testLeaves(): Promise<InferredTypes> {
    if (leaves.length === 0) return { types: new Map(), untyped: new Set() };
    // Found together, since each way through a record takes its time.
    const pointers = leaves.flatMap((leaf) => leaf.pointer ?? []);
    const texts = pointers.length > 0 ? `json_extract_string(json, ${quoteList(pointers)})` : '[]::varchar[]';
    let at = 0;
    const expressions = leaves.map(
      ({ path, pointer, text }) => [path, pointer === undefined ? text : `v[${++at}]`] as const,
    );
    const sets = parts.map((part) => ({
      from: `(select json, ${texts} as v from ${jsonObjectsSql(part, reading)})`,
      expressions: new Map(expressions),
    }));
    const { date_format: date, timestamp_format: timestamp } = reading.options;
    const families = new Map(leaves.map((leaf) => [leaf.path, leaf.family]));
    return inferTextTypes(connection, sets, { date, timestamp }, families);
  }
}

function groupFiles(files: readonly FoundFile[]): readonly JsonPart[] {
  const groups = new Map<string, JsonPart & { files: string[] }>();
  for (const { path, format, compression } of files) {
    const key = `${format} ${compression}`;
    const kind = format === 'ndjson' ? 'ndjson' : 'json';
    if (!groups.has(key)) groups.set(key, { kind: 'json', format: kind, compression, files: [] });
    groups.get(key)!.files.push(path);
  }
  return [...groups.values()];
}

/** DuckDB gives columns other names where keys differ by case only or are empty, and would then not find their values. */
function unnameableKeys(table: SourceTable, keys: readonly string[]): DiagnosticError {
  const sorted = [...keys].sort();
  const twins = sorted.find((key, i) =>
    sorted.some((other, j) => j > i && other.toLowerCase() === key.toLowerCase()),
  );
  const other = sorted.find((key) => key !== twins && key.toLowerCase() === twins?.toLowerCase());
  const what =
    twins === undefined
      ? 'an empty key, which cannot be a column'
      : `the keys "${twins}" and "${other}", which would be one column`;
  return new DiagnosticError([
    errorDiagnostic('land/unreadable', `The records of ${table.name} have ${what}.`, {
      span: table.span,
      hint: 'name the keys to land in `columns`, with `infer_columns: false`',
    }),
  ]);
}

function namesOf(names: readonly string[]): (name: string) => boolean {
  const known = new Set(names.map((name) => name.toLowerCase()));
  return (name) => known.has(name.toLowerCase());
}
