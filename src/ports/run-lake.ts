import type { DataFile, TableVersion } from '../ir/table-version.js';
import type { TableSchema } from '../schema/table-schema.js';
import type { EngineConnection } from './engine.js';

export interface WriteRequest {
  readonly connection: EngineConnection;
  /** The SELECT whose rows are stored. */
  readonly sql: string;
  /** Columns as stored. */
  readonly schema: TableSchema;
  readonly table: string;
  readonly versionId: string;
  readonly partitionBy: readonly string[];
  /** Columns by which rows are sorted, behind the partition columns. Default: as the query gives them. */
  readonly orderBy?: readonly string[];
  /** Several files of about a quarter of a million rows each instead of one, where the table has no partitions. */
  readonly split?: boolean;
  /** No file at all when there are no rows. Default: one, which keeps the schema. */
  readonly skipEmpty?: boolean;
}

export interface WrittenRows {
  readonly files: readonly DataFile[];
  readonly rowCount: number;
  readonly sizeBytes: number;
}

/** What a run needs of the lake, so that the runner knows neither storage nor log. */
export interface RunLake {
  /** Writes files that nobody sees until they are committed. */
  write(request: WriteRequest): Promise<WrittenRows>;
  /** A version that was committed once; undefined where it is no longer there. */
  version(table: string, id: string): Promise<TableVersion | undefined>;
  /** A SELECT that reads exactly the rows of a table version; its files are local when it returns. */
  relationSql(version: TableVersion): Promise<string>;
  /**
   * The table function that reads exactly these files of a table, which are local when it returns. Its column
   * `file_index` says which of them a row is from.
   */
  scan(files: readonly DataFile[]): Promise<string>;
  /** Commits versions (null drops a table) as one, or throws `DiagnosticError` with `lake/conflict`. Returns the commit's number. */
  commit(
    changes: ReadonlyMap<string, TableVersion | null>,
    reads: ReadonlyMap<string, string>,
  ): Promise<number>;
  /** Deletes the files of versions that will not be committed. */
  abandon(versions: readonly { readonly table: string; readonly versionId: string }[]): Promise<void>;
}
