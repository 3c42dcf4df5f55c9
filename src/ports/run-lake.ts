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
  /** A SELECT that reads exactly the rows of a table version; its files are local when it returns. */
  relationSql(version: TableVersion): Promise<string>;
  /** Commits versions (null drops a table) as one, or throws `DiagnosticError` with `lake/conflict`. Returns the commit's number. */
  commit(
    changes: ReadonlyMap<string, TableVersion | null>,
    reads: ReadonlyMap<string, string>,
  ): Promise<number>;
  /** Deletes the files of versions that will not be committed. */
  abandon(versions: readonly { readonly table: string; readonly versionId: string }[]): Promise<void>;
}
