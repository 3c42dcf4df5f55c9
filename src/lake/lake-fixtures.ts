import type { TableVersion } from '../ir/table-version.js';

/** A version without files, for tests of the log. */
export function emptyVersion(table: string, id: string, fields: Partial<TableVersion> = {}): TableVersion {
  return {
    format: 1,
    id,
    table,
    kind: 'table',
    schema: { columns: [{ name: 'a', type: 'INTEGER' }] },
    partitionBy: [],
    files: [],
    rowCount: 0,
    sizeBytes: 0,
    publish: false,
    provenance: {
      project: 'test',
      runId: `run-${id}`,
      createdAt: '2024-01-01T00:00:00.000Z',
      dataKey: id,
      logic: id,
      inputs: {},
    },
    audits: [],
    ...fields,
  };
}

export const fixedNow = (): Date => new Date('2024-05-01T12:00:00Z');
