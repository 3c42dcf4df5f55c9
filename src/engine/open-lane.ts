import type { Lane } from '../ports/connector.js';
import type { EngineConnection } from '../ports/engine.js';
import type { OpenedSource } from '../ports/source-reader.js';
import type { TableSchema } from '../schema/table-schema.js';
import { quoteIdentifier } from '../util/sql-quote.js';

/** The columns of every `<table>__rejected`. */
const rejectsSchema: TableSchema = {
  columns: [
    { name: 'file', type: 'VARCHAR' },
    { name: 'line', type: 'BIGINT' },
    { name: 'column', type: 'VARCHAR' },
    { name: 'reason', type: 'VARCHAR' },
    { name: 'raw', type: 'VARCHAR' },
  ],
};

/**
 * Brings a lane's rows within reach of one connection: what DuckDB reads itself stays as it is, record batches
 * are loaded into temporary tables, which spill to disk where they are larger than memory.
 */
export async function openLane(lane: Lane, connection: EngineConnection): Promise<OpenedSource> {
  const loads = lane.loads ?? [];
  const drops = loads.map((load) => `drop table if exists ${quoteIdentifier(load.table)};`);
  const cleanup = [...drops, lane.cleanupSql ?? ''].join(' ').trim();
  const close = async () => {
    if (cleanup !== '') await connection.run(cleanup);
  };
  try {
    for (const { table, schema, batches } of loads) {
      const columns = schema.columns.map((column) => `${quoteIdentifier(column.name)} ${column.type}`);
      await connection.run(`create or replace temp table ${quoteIdentifier(table)} (${columns.join(', ')})`);
      await connection.appendArrow(table, batches);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    sql: lane.sql,
    ...(lane.rejectsSql !== undefined && { rejects: { sql: lane.rejectsSql, schema: rejectsSchema } }),
    close,
  };
}
