import { isAbsolute, join, resolve } from 'node:path';
import type { Column } from '../../schema/table-schema.js';
import { quoteIdentifier, quotePaths, quoteString } from '../../util/sql-quote.js';
import type { FilePlan, TypedPart } from './file-plan.js';
import type { FileOptions } from './options.js';

/** What every SELECT over a table's files depends on besides the plan. */
export interface Reading {
  readonly options: FileOptions;
  readonly rootDir: string;
  /** Files that are read from a copy, because DuckDB cannot read them as they are. */
  readonly copies?: { readonly dir: string; readonly paths: ReadonlySet<string> };
}

/** Where files lie. */
export type Places = Pick<Reading, 'rootDir' | 'copies'>;

/** The reader's own column with the absolute path of the file. */
export const pathColumn = '_parquetry_file';

/** Absolute paths of a part's files, as SQL. */
export function fileList(files: readonly string[], places: Places): string {
  return quotePaths(files.map((file) => absolutePath(file, places)));
}

/** Names of the columns that come from the path of a file. */
export function derivedColumns({
  partitionColumns,
  filenameColumn,
  pieceColumn,
}: FilePlan): ReadonlySet<string> {
  return new Set([...partitionColumns, filenameColumn ?? [], pieceColumn ?? []].flat());
}

/** Where the file, or the copy of it that is read, lies. */
export function absolutePath(file: string, { rootDir, copies }: Places): string {
  return copies?.paths.has(file) ? copyPath(file, copies.dir) : resolve(rootDir, file);
}

/** Where the copy of a file lies: from it, the file's own path can be told. */
export function copyPath(file: string, dir: string): string {
  return join(dir, isAbsolute(file) ? outside : inside, file);
}

const inside = 'inside';
const outside = 'outside';

/** Options that make a reader return the path, where a column needs it. */
export function pathSettings(plan: FilePlan): readonly string[] {
  return derivedColumns(plan).size > 0 ? [`filename = ${quoteString(pathColumn)}`] : [];
}

/**
 * The SELECT list of the plan's columns. `dataColumn` gives the expression of a column that files hold, or
 * undefined where the files of this part lack it, which makes it NULL.
 */
export function selectList(
  plan: FilePlan,
  places: Places,
  dataColumn: (column: Column) => string | undefined,
): string {
  const path = shownPathSql(quoteIdentifier(pathColumn), places);
  const expressions = plan.schema.columns.map((column) => {
    const name = quoteIdentifier(column.name);
    if (column.name === plan.filenameColumn || column.name === plan.pieceColumn) return `${path} as ${name}`;
    if (plan.partitionColumns.includes(column.name))
      return `cast(${partitionSql(path, column.name)} as ${column.type}) as ${name}`;
    const expression = dataColumn(column) ?? `cast(null as ${column.type})`;
    return expression === name ? name : `${expression} as ${name}`;
  });
  return expressions.join(', ');
}

/** The SELECT list for files whose columns have types of their own: cast where the plan has another type. */
export function typedSelectList(plan: FilePlan, part: TypedPart, places: Places): string {
  const own = new Map(part.columns.map((column) => [column.name.toLowerCase(), column]));
  return selectList(plan, places, ({ name, type }) => {
    const column = own.get(name.toLowerCase());
    if (!column) return undefined;
    const quoted = quoteIdentifier(column.name);
    return column.type === type ? quoted : `cast(${quoted} as ${type})`;
  });
}

/**
 * The type as which CSV and JSON readers are asked for a column. With a timestampformat DuckDB 1.5 reads a TIMESTAMP
 * WITH TIME ZONE as NULL or not at all; as TIMESTAMP it gives the time in UTC.
 */
export function readAs(type: string, { timestamp_format }: FileOptions): string {
  return type === 'TIMESTAMP WITH TIME ZONE' && timestamp_format !== undefined ? 'TIMESTAMP' : type;
}

/** The expression that turns a column that was read as `readAs` into its type. */
export function readBack(name: string, type: string, options: FileOptions): string {
  const quoted = quoteIdentifier(name);
  return readAs(type, options) === type ? quoted : `timezone('UTC', ${quoted})`;
}

/** A file's path as the project shows it: relative to the root, and so the same on every machine. */
export function shownPathSql(column: string, places: Places): string {
  const cases = hiddenPrefixes(places).map(
    (prefix) =>
      `when starts_with(${column}, ${quoteString(prefix)}) then substr(${column}, ${[...prefix].length + 1})`,
  );
  return `case ${cases.join(' ')} else ${column} end`;
}

/** What stands before the paths of files and is not shown, in the order in which it is looked for. */
export function hiddenPrefixes({ rootDir, copies }: Places): readonly string[] {
  const root = rootDir.endsWith('/') ? rootDir : `${rootDir}/`;
  return copies ? [`${join(copies.dir, inside)}/`, join(copies.dir, outside), root] : [root];
}

function partitionSql(path: string, key: string): string {
  const pattern = `(?:^|/)${key.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}=([^/]*)/`;
  return `nullif(url_decode(regexp_extract(${path}, ${quoteString(pattern)}, 1)), '__HIVE_DEFAULT_PARTITION__')`;
}

/** The keys of a path's `key=value` folders, in order. */
export function partitionKeys(path: string): readonly string[] {
  return path
    .split('/')
    .slice(0, -1)
    .flatMap((folder) => {
      const equals = folder.indexOf('=');
      return equals > 0 ? [folder.slice(0, equals)] : [];
    });
}
