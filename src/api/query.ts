import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { LakeSnapshot } from '../ir/commit.js';
import { printSql } from '../lake/print-sql.js';
import type { EngineConnection, EngineStream } from '../ports/engine.js';
import { absentFromLake, noTable } from './absent-from-lake.js';
import { explainQuery } from './explain-query.js';
import { type ExportFormat, exportRows } from './export-rows.js';
import { openEngineIn } from './open-engine.js';
import type { ProjectOptions } from './options.js';
import { updateCatalog, writeCatalogAt, writeCatalogFor } from './update-catalog.js';
import { withWorkspace } from './with-workspace.js';
import { openWorkspace, type Workspace } from './workspace.js';

/** Rows as they come; `close` when done, read to the end or not. */
export interface QueryResult extends EngineStream {
  close(): Promise<void>;
}

export interface QueryOptions extends ProjectOptions {
  readonly sql: string;
  /** Read the lake as of this commit. Default: the last one. */
  readonly commit?: number | undefined;
}

/** Queries the tables of a lake, all of one commit. Throws `DiagnosticError`. */
export async function query(options: QueryOptions): Promise<QueryResult> {
  const { workspace, connection, close } = await openLakeConnection(options);
  try {
    const { columns, chunks } = await connection.stream(options.sql);
    return { columns, chunks: explained(chunks, options.sql), close };
  } catch (thrown) {
    const tables = await tablesOf(workspace, options.commit).catch(() => new Map());
    await close();
    throw explainQuery(thrown, options, (name) => absentFromLake(workspace, tables, name));
  }
}

async function tablesOf(workspace: Workspace, commit: number | undefined): Promise<LakeSnapshot['tables']> {
  return (await (await workspace.lake()).snapshot(commit)).tables;
}

/** The rows of a query as the bytes of a file. Throws `DiagnosticError`. */
export async function exportQuery(
  options: QueryOptions & { readonly format: ExportFormat },
): Promise<AsyncIterable<Uint8Array>> {
  const { workspace, connection, close } = await openLakeConnection(options);
  return exportRows(connection, { sql: options.sql }, options.format, workspace.paths.temp, close);
}

/** SQL that reads exactly what a table holds, for any DuckDB. Throws `DiagnosticError`. */
export function sqlOfTable(
  options: ProjectOptions & { readonly table: string; readonly commit?: number | undefined },
): Promise<string> {
  return withWorkspace(options, async (workspace) => {
    const { table, commit } = options;
    const lake = await workspace.lake();
    const snapshot = await lake.snapshot(commit);
    const version = snapshot.tables.get(table);
    if (!version) throw noTable(workspace, snapshot.tables, table);
    return printSql(version, snapshot, lake.storage);
  });
}

/** A connection that sees the lake's tables. */
async function openLakeConnection(options: QueryOptions) {
  const { value: workspace, diagnostics } = await openWorkspace(options);
  if (!workspace) throw new DiagnosticError(diagnostics);
  try {
    const { connection, close: closeDatabase } = await connect(workspace, options);
    const close = async () => {
      closeDatabase();
      await workspace.close();
    };
    return { workspace, connection, close };
  } catch (thrown) {
    await workspace.close();
    throw thrown;
  }
}

async function connect(
  workspace: Workspace,
  { commit, sql }: QueryOptions,
): Promise<{ readonly connection: EngineConnection; close(): void }> {
  const { path, isOwn } = await catalogFor(workspace, sql, commit);
  const { engine } = workspace.project;
  const database = await openEngineIn(workspace.paths, {
    ...engine,
    path,
    readOnly: true,
    threads: workspace.concurrency,
  });
  const closeDatabase = () => {
    database.close();
    if (isOwn) rmSync(path, { force: true });
  };
  try {
    const connection = await database.connect();
    return {
      connection,
      close() {
        connection.close();
        closeDatabase();
      },
    };
  } catch (thrown) {
    closeDatabase();
    throw thrown;
  }
}

/** The database file to read, and whether it is for this query alone. */
async function catalogFor(
  workspace: Workspace,
  sql: string,
  commit: number | undefined,
): Promise<{ readonly path: string; readonly isOwn: boolean }> {
  const own = async (folder?: string) => ({
    path: await writeCatalogFor(workspace, sql, commit, folder),
    isOwn: true,
  });
  const isRemote = (await workspace.lake()).storage.localRoot === undefined;
  if (isRemote || (commit !== undefined && workspace.paths.isReadOnly)) return own();
  try {
    const path = await (commit === undefined ? updateCatalog(workspace) : writeCatalogAt(workspace, commit));
    return path === undefined ? own() : { path, isOwn: false };
  } catch (error) {
    if (!isReadOnly(error)) throw error;
    return own(tmpdir());
  }
}

function isReadOnly(error: unknown): boolean {
  return (
    error instanceof Error && /EACCES|EPERM|EROFS|Permission denied|Read-only file system/.test(error.message)
  );
}

async function* explained<T>(chunks: AsyncIterable<T>, sql: string): AsyncGenerator<T> {
  try {
    yield* chunks;
  } catch (thrown) {
    throw explainQuery(thrown, { sql });
  }
}
