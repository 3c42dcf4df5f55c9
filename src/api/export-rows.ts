import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineConnection } from '../ports/engine.js';
import { storedType } from '../schema/stored-type.js';
import { quoteIdentifier, quoteString } from '../util/sql-quote.js';
import { explainQuery } from './explain-query.js';

export type ExportFormat = 'parquet' | 'arrow';

/** A query with the types that tables rest as: DuckDB would write integers of 128 bits as DOUBLE. */
async function exactSelect(connection: EngineConnection, select: string): Promise<string> {
  const columns = (await connection.rows(`describe ${select}`)).map((row, i) => {
    const [name, type] = [String(row.column_name), String(row.column_type)];
    const stored = storedType(type === 'UHUGEINT' ? 'HUGEINT' : type);
    const isExact = !('type' in stored) || stored.type === type;
    return { name, isExact, sql: isExact ? `c${i}` : `cast(c${i} as ${stored.type})` };
  });
  if (columns.every(({ isExact }) => isExact)) return select;
  const list = columns.map(({ name, sql }) => `${sql} as ${quoteIdentifier(name)}`);
  return `select ${list.join(', ')} from (\n${select}\n) as t(${columns.map((_, i) => `c${i}`).join(', ')})`;
}

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
    const select = await exactSelect(connection, sql.replace(/[;\s]+$/, ''));
    await connection.run(`copy (\n${select}\n) to ${quoteString(path)} (format parquet, compression zstd)`);
    yield* createReadStream(path) as AsyncIterable<Uint8Array>;
  } catch (thrown) {
    throw explainQuery(thrown, sql);
  } finally {
    await rm(path, { force: true });
    await close();
  }
}
