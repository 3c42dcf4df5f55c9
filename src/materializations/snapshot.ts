import type { NodeConfig } from '../ir/project.js';
import type { Materialization } from '../ports/materialization.js';
import type { Column } from '../schema/table-schema.js';
import { namesOption, textOption } from './read-options.js';
import { overlappingRecords, snapshotChanges } from './snapshot-changes.js';
import { deletedColumn, keepsDeletions } from './snapshot-columns.js';
import { snapshotErrors } from './snapshot-errors.js';
import { validatePartitions } from './validate-partitions.js';

/** The rows as they are now: no model has a space in its name. */
const seenRows = 'seen rows';

/** Keeps every state that a row ever had, with the time in which it held: a slowly changing dimension of type 2. */
export const snapshot: Materialization = {
  name: 'snapshot',
  storesRows: true,
  example: { options: { unique_key: ['id'], check_columns: ['all'] } },
  tableColumns: (config, columns) => [...columns, ...addedColumns(config, columns)],
  validate: (node) => [...validatePartitions(node), ...snapshotErrors(node)],
  plan({ node, sql, current, startedAt }) {
    const key = namesOption(node.config, 'unique_key');
    return {
      kind: 'rewrite',
      sql,
      changes: {
        sql: snapshotChanges({
          node,
          seen: seenRows,
          current,
          startedAt: startedAt ?? '1970-01-01T00:00:00Z',
        }),
        seen: seenRows,
        uniqueBy: key,
        changedAt: textOption(node.config, 'updated_at'),
        entangled: overlappingRecords(node),
      },
      partitionBy: node.config.partitionBy,
      // A record that ends is replaced by itself with its end; what begins is new.
      match: { by: 'key', columns: [...key, 'valid_from'], orderBy: [] },
      orderBy: [...key, 'valid_from'],
    };
  },
};

function addedColumns(config: NodeConfig, columns: readonly Column[]): readonly Column[] {
  const updatedAt = textOption(config, 'updated_at')?.toLowerCase();
  const type = columns.find((column) => column.name.toLowerCase() === updatedAt)?.type;
  // Times without a zone stay what they are; the run's own time has one.
  const time = /^(DATE|TIMESTAMP(_\w+)?)$/.test(type ?? '') ? 'TIMESTAMP' : 'TIMESTAMP WITH TIME ZONE';
  return [
    { name: 'valid_from', type: time },
    { name: 'valid_to', type: time },
    { name: 'is_current', type: 'BOOLEAN' },
    ...(keepsDeletions(config) ? [{ name: deletedColumn, type: 'BOOLEAN' }] : []),
  ];
}
