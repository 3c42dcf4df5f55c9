import { type DuckDBAppender, type DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import type { Data, RecordBatch } from 'apache-arrow';
import { writeColumn } from './arrow-column.js';
import { toEngineError } from './engine-error.js';

/**
 * Appends record batches to a table of the session, column by column and in chunks of DuckDB's own size. The
 * table's columns have the types of `duckdbTypeOf`, in the batches' order. Returns the number of rows.
 */
export async function appendArrow(
  connection: DuckDBConnection,
  table: string,
  batches: AsyncIterable<RecordBatch>,
): Promise<number> {
  const appender = await connection.createAppender(table).catch((thrown) => {
    throw toEngineError(thrown, '');
  });
  const types = Array.from({ length: appender.columnCount }, (_, i) => appender.columnType(i));
  const chunk = DuckDBDataChunk.create(types);
  let rowCount = 0;
  try {
    for await (const batch of batches) {
      appendBatch(appender, chunk, batch);
      rowCount += batch.numRows;
    }
    asEngine(() => appender.flushSync());
  } finally {
    appender.closeSync();
  }
  return rowCount;
}

function appendBatch(appender: DuckDBAppender, chunk: DuckDBDataChunk, batch: RecordBatch): void {
  const chunkRows = duckdb.vector_size();
  for (let start = 0; start < batch.numRows; start += chunkRows) {
    const count = Math.min(chunkRows, batch.numRows - start);
    chunk.reset();
    batch.data.children.forEach((column: Data, i) => {
      writeColumn(duckdb.data_chunk_get_vector(chunk.chunk, i), column, { start, count });
    });
    chunk.rowCount = count;
    asEngine(() => appender.appendDataChunk(chunk));
  }
}

function asEngine(action: () => void): void {
  try {
    action();
  } catch (thrown) {
    throw toEngineError(thrown, '');
  }
}
