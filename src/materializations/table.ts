import type { Materialization } from '../ports/materialization.js';
import { validatePartitions } from './validate-partitions.js';

/** A new table version from the whole query, every time something it depends on changed. */
export const table: Materialization = {
  name: 'table',
  storesRows: true,
  validate: validatePartitions,
  plan: ({ node, sql }) => ({ kind: 'write', sql, partitionBy: node.config.partitionBy }),
};
