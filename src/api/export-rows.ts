import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineConnection } from '../ports/engine.js';
import { quoteString } from '../util/sql-quote.js';
import { explainQuery } from './explain-query.js';

export type ExportFormat = 'parquet' | 'arrow';

/** Streams a query's rows as an Arrow IPC stream, or as Parquet by way of a temporary file, and closes at the end. */
export async function* exportRows(
  connection: EngineConnection,
  sql: string,
  format: ExportFormat,
  tempDir: string,
  close: () => Promise<void>,
): AsyncGenerator<Uint8Array> {
  const path = join(tempDir, `export-${randomUUID()}.parquet`);
  try {
    if (format === 'arrow') {
      yield* await connection.arrowStream(sql);
      return;
    }
    await mkdir(tempDir, { recursive: true });
    const select = sql.replace(/[;\s]+$/, '');
    await connection.run(`copy (\n${select}\n) to ${quoteString(path)} (format parquet, compression zstd)`);
    yield* createReadStream(path) as AsyncIterable<Uint8Array>;
  } catch (thrown) {
    throw explainQuery(thrown, sql);
  } finally {
    await rm(path, { force: true });
    await close();
  }
}
