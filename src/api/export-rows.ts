import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { WrittenSql } from '../ir/printable-sql.js';
import type { EngineConnection } from '../ports/engine.js';
import { castQuery } from '../schema/cast-query.js';
import { printType } from '../schema/column-type.js';
import { isChangedByParquet, parquetExportType } from '../schema/parquet-export-type.js';
import { parseType } from '../schema/parse-type.js';
import { quoteString } from '../util/sql-quote.js';
import { withoutEnd } from '../util/without-end.js';
import { explainQuery } from './explain-query.js';

export type ExportFormat = 'parquet' | 'arrow';

/** Streams a query's rows as an Arrow IPC stream, or as Parquet by way of a temporary file, and closes at the end. */
export async function* exportRows(
  connection: EngineConnection,
  query: WrittenSql,
  format: ExportFormat,
  tempDir: string,
  close: () => Promise<void>,
): AsyncGenerator<Uint8Array> {
  const { sql } = query;
  const path = join(tempDir, `export-${randomUUID()}.parquet`);
  try {
    if (format === 'arrow') {
      yield* await connection.arrowStream(sql);
      return;
    }
    await mkdir(tempDir, { recursive: true });
    const select = await parquetSelect(connection, withoutEnd(sql));
    await connection.run(`copy (\n${select}\n) to ${quoteString(path)} (format parquet, compression zstd)`);
    yield* createReadStream(path) as AsyncIterable<Uint8Array>;
  } catch (thrown) {
    throw explainQuery(thrown, query);
  } finally {
    await rm(path, { force: true });
    await close();
  }
}

/** The query, with a cast of what Parquet would not hold exactly. A value that does not fit is an error. */
async function parquetSelect(connection: EngineConnection, sql: string): Promise<string> {
  const described = await connection.rows(`describe ${sql}`);
  const columns = described.map((row) => {
    const type = row.column_type as string;
    const castTo = isChangedByParquet(type) ? printType(parquetExportType(parseType(type))) : undefined;
    return { name: row.column_name as string, castTo };
  });
  return columns.some(({ castTo }) => castTo !== undefined) ? castQuery(sql, columns) : sql;
}
