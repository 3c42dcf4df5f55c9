import type { ConnectorContext } from '../../ports/connector.js';
import type { Column } from '../../schema/table-schema.js';
import { type ColumnType, parseType, printType } from '../../schema/type-text.js';
import { quoteList, quoteString } from '../../util/sql-quote.js';
import { inferTextTypes } from '../infer-text-types.js';
import type { TextFamily } from '../text-types.js';
import type { JsonPart } from './file-plan.js';
import { jsonObjectsSql, jsonSettings } from './json-scan.js';
import type { FoundFile } from './list-files.js';
import { fileList, type Reading } from './scan-columns.js';

/** Records that DuckDB's own inference looks at; what it finds is then tested over all of them. */
const sampleRecords = 100_000;

/** Groups JSON files and finds the columns' types. */
export async function planJson(
  files: readonly FoundFile[],
  reading: Reading,
  { connection }: ConnectorContext,
): Promise<{ readonly parts: readonly JsonPart[]; readonly columns: readonly Column[] }> {
  const parts = groupFiles(files);
  if (parts.length === 0 || !reading.options.infer_columns) return { parts, columns: [] };
  const isDeclared = namesOf(Object.keys(reading.options.columns));
  const keys = await topLevelKeys();
  if (keys.length === 0) return { parts, columns: [] };
  let columns = await sniff(sampleRecords);
  const isKnown = namesOf(columns.map((column) => column.name));
  if (keys.some((key) => !isKnown(key))) columns = await sniff(-1);
  const leaves = columns.flatMap(({ name, type }) =>
    isDeclared(name) ? [] : leavesOf(type, pointer('', name)),
  );
  const types = await testLeaves();
  return {
    parts,
    columns: columns.map(({ name, type }) => ({
      name,
      type: printType(isDeclared(name) ? type : replaceLeaves(type, pointer('', name), types)),
    })),
  };

  async function sniff(sampleSize: number) {
    const selects = parts.map((part) => `select * from ${sniffingScan(part, reading, sampleSize)}`);
    const rows = await connection.rows(`describe ${selects.join(' union all by name ')}`);
    return rows.map((row) => ({
      name: row.column_name as string,
      type: parseType(row.column_type as string),
    }));
  }

  async function topLevelKeys(): Promise<readonly string[]> {
    const selects = parts.map(
      (part) => `select distinct json_keys(json) as k from ${jsonObjectsSql(part, reading)}`,
    );
    const rows = await connection.rows(
      `select distinct unnest(k) as k from (${selects.join(' union all ')})`,
    );
    return rows.map((row) => row.k as string);
  }

  async function testLeaves(): Promise<ReadonlyMap<string, string>> {
    if (leaves.length === 0) return new Map();
    const pointers = quoteList(leaves.map((leaf) => leaf.pointer));
    const sets = parts.map((part) => ({
      from: `(select json_extract_string(json, ${pointers}) as v from ${jsonObjectsSql(part, reading)})`,
      expressions: new Map(leaves.map((leaf, i) => [leaf.pointer, `v[${i + 1}]`])),
    }));
    const { date_format: date, timestamp_format: timestamp } = reading.options;
    const families = new Map(leaves.map((leaf) => [leaf.pointer, leaf.family]));
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

function sniffingScan(part: JsonPart, reading: Reading, sampleSize: number): string {
  const { options } = reading;
  const settings = [
    ...jsonSettings(part, reading),
    'records = true, union_by_name = true',
    `sample_size = ${sampleSize}, maximum_sample_files = ${part.files.length}`,
    ...(part.format === 'ndjson' && options.on_bad_row === 'quarantine' ? ['ignore_errors = true'] : []),
    ...(options.date_format === undefined ? [] : [`dateformat = ${quoteString(options.date_format)}`]),
    ...(options.timestamp_format === undefined
      ? []
      : [`timestampformat = ${quoteString(options.timestamp_format)}`]),
  ];
  return `read_json(${fileList(part.files, reading.rootDir)}, ${settings.join(', ')})`;
}

interface Leaf {
  /** JSON pointer in the record. */
  readonly pointer: string;
  readonly family: TextFamily;
}

const numbers = new Set('TINYINT SMALLINT INTEGER BIGINT HUGEINT UBIGINT FLOAT DOUBLE'.split(' '));
const texts = new Set('VARCHAR DATE TIME TIMESTAMP UUID'.split(' ').concat('TIMESTAMP WITH TIME ZONE'));

/** Scalars outside lists and maps. */
function leavesOf(type: ColumnType, at: string): readonly Leaf[] {
  if (type.kind === 'struct') return type.fields.flatMap((f) => leavesOf(f.type, pointer(at, f.name)));
  if (type.kind !== 'scalar') return [];
  if (numbers.has(type.name)) return [{ pointer: at, family: 'number' }];
  return texts.has(type.name) ? [{ pointer: at, family: 'temporal' }] : [];
}

/** Takes the tested types; inside lists and maps, where no value was tested, texts stay texts. */
function replaceLeaves(type: ColumnType, at: string, tested: ReadonlyMap<string, string>): ColumnType {
  switch (type.kind) {
    case 'struct':
      return {
        kind: 'struct',
        fields: type.fields.map((field) => ({
          name: field.name,
          type: replaceLeaves(field.type, pointer(at, field.name), tested),
        })),
      };
    case 'list':
      return { kind: 'list', element: replaceLeaves(type.element, '', tested) };
    case 'map':
      return { kind: 'map', key: type.key, value: replaceLeaves(type.value, '', tested) };
    case 'scalar': {
      const found = tested.get(at);
      if (found !== undefined) return parseType(found);
      return texts.has(type.name) ? { kind: 'scalar', name: 'VARCHAR' } : type;
    }
    default:
      return type;
  }
}

function pointer(parent: string, key: string): string {
  return `${parent}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function namesOf(names: readonly string[]): (name: string) => boolean {
  const known = new Set(names.map((name) => name.toLowerCase()));
  return (name) => known.has(name.toLowerCase());
}
