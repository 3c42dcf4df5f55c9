import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DataFile } from '../ir/table-version.js';
import type { EngineConnection } from '../ports/engine.js';
import type { Storage } from '../ports/storage.js';
import type { TableSchema } from '../schema/table-schema.js';
import { mapConcurrently } from '../util/map-concurrently.js';
import { quoteIdentifier, quoteString } from '../util/sql-quote.js';
import { withoutEnd } from '../util/without-end.js';
import { type CopiedFile, copiedFile } from './copied-file.js';
import { explainLongFolder } from './explain-long-folder.js';
import { tableDataFolder } from './lake-keys.js';
import { castColumns, emptySelect, parquetOptions } from './parquet-copy.js';

/** Half of DuckDB's default, so that a file of some quarter of a million rows is written by several threads at once. */
const groupRows = 61_440;

export interface WriteVersionRequest {
  readonly connection: EngineConnection;
  /** One SELECT whose columns have the names of `schema`. */
  readonly sql: string;
  /** As stored: every column is cast to its type here, and a value that does not fit is an error. */
  readonly schema: TableSchema;
  readonly table: string;
  /** Starts the name of every file, so it must be new, and safe as a file name. */
  readonly versionId: string;
  /** Stands in the name of every file too: what a dead run left is found by it. */
  readonly runId: string;
  readonly partitionBy: readonly string[];
  /** Columns by which rows are sorted, behind the partition columns. Default: as the query gives them. */
  readonly orderBy?: readonly string[];
  /** Several files of about a quarter of a million rows each instead of one, where there are no partitions. */
  readonly split?: boolean;
  /** No file at all when there are no rows. Default: one, which keeps the schema. */
  readonly skipEmpty?: boolean;
  readonly storage: Storage;
  /** Where files wait for their upload when the storage has no folder of its own. */
  readonly tempDir: string;
  /** Stops uploads; the query itself is stopped through its connection. */
  readonly signal?: AbortSignal;
}

export interface WrittenVersion {
  readonly files: readonly DataFile[];
  readonly rowCount: number;
  readonly sizeBytes: number;
}

/**
 * Turns a SELECT into the Parquet files of a table version: the only code that does. One file, or with
 * `partitionBy` one folder a partition; never none, so that an empty table keeps its schema. Nobody sees the
 * files before a commit names them. On an error or interrupt it removes what it wrote and throws on.
 */
export async function writeVersion(request: WriteVersionRequest): Promise<WrittenVersion> {
  const { storage, versionId } = request;
  const folder = tableDataFolder(request.table);
  const root = storage.localRoot ?? join(request.tempDir, versionId);
  const directory = join(root, folder);
  try {
    await mkdir(directory, { recursive: true });
    const copied = await copyFiles(request, directory);
    if (request.skipEmpty && copied.every((file) => file.rowCount === 0)) {
      await Promise.all(copied.map((file) => rm(join(directory, file.relativePath), { force: true })));
      return { files: [], rowCount: 0, sizeBytes: 0 };
    }
    const files = copied.map(({ relativePath, ...file }) => ({ path: `${folder}/${relativePath}`, ...file }));
    if (storage.localRoot === undefined) {
      await mapConcurrently(files, 8, async (file) => {
        request.signal?.throwIfAborted();
        await storage.upload(join(root, file.path), file.path, request.signal);
      });
    }
    return {
      files,
      rowCount: files.reduce((sum, file) => sum + file.rowCount, 0),
      sizeBytes: files.reduce((sum, file) => sum + file.sizeBytes, 0),
    };
  } catch (thrown) {
    await removeVersionFiles(storage, request.table, versionId);
    throw thrown;
  } finally {
    if (storage.localRoot === undefined) await rm(root, { recursive: true, force: true });
  }
}

/** Deletes the files of a version that no commit names. */
export async function removeVersionFiles(storage: Storage, table: string, versionId: string): Promise<void> {
  const keys: string[] = [];
  for await (const { key } of storage.list(`${tableDataFolder(table)}/`)) {
    if (key.slice(key.lastIndexOf('/') + 1).startsWith(`${versionId}-`)) keys.push(key);
  }
  await storage.delete(keys);
}

async function copyFiles(request: WriteVersionRequest, directory: string): Promise<CopiedFile[]> {
  const { partitionBy, versionId, runId, schema, sql } = request;
  const name = `${versionId}-${runId}`;
  const single = join(directory, `${name}-0.parquet`);
  // The line break ends a comment that the query may end with.
  const select = `${castColumns(schema)}\nfrom (${withoutEnd(sql)}\n)`;
  const order = [...partitionBy, ...(request.orderBy ?? [])].map((name) => sortKey(name, schema)).join(', ');
  // Sorted, each partition is written in one go: without, thousands of them take all memory or as many files.
  const sorted = order === '' ? select : `${select}\norder by ${order}`;
  if (partitionBy.length === 0) {
    if (!request.split) return copy(request, sorted, single, []);
    const parts = await copy(request, sorted, directory, [
      `row_group_size ${groupRows}`,
      'row_groups_per_file 3',
      `filename_pattern ${quoteString(`${name}-{i}`)}`,
      'overwrite_or_ignore true',
    ]);
    return withoutEmptyFiles(parts, directory);
  }
  const copied = await copy(request, sorted, directory, [
    `partition_by (${partitionBy.map(quoteIdentifier).join(', ')})`,
    'write_partition_columns true',
    // A random part keeps apart what falls into one folder: 'a' and 'A' on some disks, NULL and its hive name.
    `filename_pattern ${quoteString(`${name}-{uuid}`)}`,
    'overwrite_or_ignore true',
  ]).catch(async (thrown) => {
    throw await explainLongFolder(thrown, request.connection, request.table, select, partitionBy);
  });
  return copied.length > 0 ? copied : copy(request, emptySelect(schema), single, []);
}

/** DuckDB takes a column that it sorts by from the sorted keys, in which -0 is 0; inside a row it is a key alone. */
function sortKey(name: string, { columns }: TableSchema): string {
  const column = columns.find((each) => each.name.toLowerCase() === name.toLowerCase());
  const quoted = quoteIdentifier(name);
  return column && /FLOAT|DOUBLE/.test(column.type) ? `row(${quoted})` : quoted;
}

/** DuckDB begins a new file before it knows of a next row. */
async function withoutEmptyFiles(files: readonly CopiedFile[], directory: string): Promise<CopiedFile[]> {
  const [kept, empty] = [files.filter((file) => file.rowCount > 0), files.filter((f) => f.rowCount === 0)];
  if (kept.length === 0) kept.push(...empty.splice(0, 1));
  for (const file of empty) await rm(join(directory, file.relativePath), { force: true });
  return kept;
}

async function copy(
  { connection, schema, partitionBy }: WriteVersionRequest,
  select: string,
  path: string,
  options: readonly string[],
): Promise<CopiedFile[]> {
  const all = [...parquetOptions(schema), 'return_stats true', ...options].join(', ');
  const rows = await connection.rows(`copy (${select}) to ${quoteString(path)} (${all})`);
  const directory = options.length > 0 ? path : dirname(path);
  return rows.map((row) => copiedFile(row, directory, schema, partitionBy));
}
