import type { DataFile } from '../ir/table-version.js';
import type { TableSchema } from '../schema/table-schema.js';
import { own } from '../util/own.js';
import { tableFolder } from '../util/table-folder.js';

const nullPartition = '__HIVE_DEFAULT_PARTITION__';

/** The folder that other tools read: the table's name wherever that is a safe folder name. */
export function publishedFolder(table: string): string {
  const safe =
    /^[A-Za-z0-9_][A-Za-z0-9_.-]*[A-Za-z0-9_-]$/.test(table) &&
    tableFolder(table.toLowerCase()) === table.toLowerCase();
  return safe ? table : tableFolder(table);
}

/** The key of a partition's published object. Values are text as in `DataFile.partition`. */
export function publishedPath(
  folder: string,
  schema: TableSchema,
  partitionBy: readonly string[],
  partition: DataFile['partition'],
): string {
  const folders = partitionBy.map((column) => {
    const type = typeOf(schema, column);
    return `${encode(column, /[%=/\\]|\p{Cc}/gu)}=${hiveValue(own(partition, column) ?? null, type)}`;
  });
  return [folder, ...folders, 'data.parquet'].join('/');
}

/**
 * The partition of the file that stands for a table without rows. Its values have the columns' types, because
 * readers take types from the folders' names.
 */
export function emptyPartition(schema: TableSchema, partitionBy: readonly string[]): DataFile['partition'] {
  return Object.fromEntries(
    partitionBy.map((column) => {
      const type = typeOf(schema, column);
      if (isInteger(type)) return [column, '0'];
      if (type === 'DATE') return [column, '1970-01-01'];
      return [column, isTimestamp(type) ? '1970-01-01 00:00:00' : null];
    }),
  );
}

/**
 * A value in a folder's name. DuckDB, and others with it, give the partition column the type that all names could
 * have as they stand, before `%XX` is undone. So text that looks like a number or date has its first character
 * encoded and stays text, and a timestamp keeps its blanks and colons and stays a timestamp.
 */
export function hiveValue(value: string | null, type: string): string {
  if (value === null) return nullPartition;
  if (isTimestamp(type)) return encode(value, /[^\w.: -]/gu);
  const encoded = encode(value, /[^A-Za-z0-9_.-]/gu);
  const misread = (isOrdered(type) ? /^-?inf/i : looksTyped).test(value);
  return misread && encoded === value ? encode(value[0]!, /./gu) + encoded.slice(1) : encoded;
}

const looksTyped = /^([+-]?\d+$|[+-]?0[xb]|[+-]?\d+-\d+-\d+|null$|-?inf|epoch$|__HIVE_DEFAULT_PARTITION__$)/i;

/** Column names differ in more than case, and people write them as they like. */
function typeOf(schema: TableSchema, column: string): string {
  const wanted = column.toLowerCase();
  return schema.columns.find(({ name }) => name.toLowerCase() === wanted)?.type ?? 'VARCHAR';
}

function isInteger(type: string): boolean {
  return /^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/.test(type);
}

/** Whether readers who take a folder's name for a number or a date have the value itself. */
function isOrdered(type: string): boolean {
  return isInteger(type) || /^(FLOAT|DOUBLE|DATE|DECIMAL\(.*\))$/.test(type);
}

/** TIMESTAMP_NS is none: readers would take it for a TIMESTAMP, and lose its last digits. */
function isTimestamp(type: string): boolean {
  return type === 'TIMESTAMP';
}

function encode(text: string, what: RegExp): string {
  return text.replace(what, (character) =>
    [...Buffer.from(character)]
      .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
      .join(''),
  );
}
