import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { EngineConnection } from '../ports/engine.js';
import { quoteString } from '../util/sql-quote.js';
import { newId } from './new-id.js';
import { explain, openLakeConnection, type QueryOptions } from './query.js';
import { openWorkspace } from './workspace.js';

/** Parquet is written to a temporary file first: its footer comes last. Arrow is an IPC stream. */
export type ExportFormat = 'parquet' | 'arrow';

export interface ExportOptions extends QueryOptions {
  readonly format: ExportFormat;
  /** Statements to run first, such as CREATE TEMPORARY MACRO. */
  readonly setup?: readonly string[];
}

/** The rows of a query on the lake as a file's bytes. Throws `DiagnosticError`. */
export async function exportQuery(options: ExportOptions): Promise<AsyncIterable<Uint8Array>> {
  const { value: workspace, diagnostics } = await openWorkspace(options);
  if (!workspace) throw new DiagnosticError(diagnostics);
  const { sql, format } = options;
  const file = join(workspace.paths.temp, `${newId(new Date())}.parquet`);
  let statement = sql;
  let connection: EngineConnection | undefined;
  const close = async () => {
    connection?.close();
    await rm(file, { force: true });
    await workspace.close();
  };
  try {
    connection = await openLakeConnection(workspace, options);
    for (const each of options.setup ?? []) await connection.run(each);
    if (format === 'arrow') return closing(await connection.arrowStream(sql), sql, close);
    await mkdir(workspace.paths.temp, { recursive: true });
    statement = `copy (\n${sql}\n) to ${quoteString(file)} (format parquet, compression zstd)`;
    await connection.run(statement);
    return closing(createReadStream(file, { highWaterMark: 1 << 20 }), sql, close);
  } catch (thrown) {
    await close();
    throw explain(thrown, statement);
  }
}

async function* closing(
  pieces: AsyncIterable<Uint8Array>,
  sql: string,
  close: () => Promise<void>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* pieces;
  } catch (thrown) {
    throw explain(thrown, sql);
  } finally {
    await close();
  }
}
