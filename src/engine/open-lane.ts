import type { Lane } from '../ports/connector.js';
import type { EngineConnection } from '../ports/engine.js';
import type { OpenedSource } from '../ports/source-reader.js';
import type { TableSchema } from '../schema/table-schema.js';

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
 * are loaded into a temporary table.
 */
export async function openLane(lane: Lane, connection: EngineConnection): Promise<OpenedSource> {
  switch (lane.kind) {
    case 'scan':
      return {
        sql: lane.sql,
        ...(lane.rejectsSql !== undefined && { rejects: { sql: lane.rejectsSql, schema: rejectsSchema } }),
        close: async () => {
          if (lane.cleanupSql !== undefined) await connection.run(lane.cleanupSql);
        },
      };
    case 'batches':
      throw new Error('Record batches cannot be loaded yet.');
  }
}
