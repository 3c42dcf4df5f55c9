import type { Materialization } from '../ports/materialization.js';
import { validatePartitions } from './validate-partitions.js';

/** The rows of a CSV file that is committed with the project. */
export const seed: Materialization = {
  name: 'seed',
  storesRows: true,
  validate: validatePartitions,
  plan: ({ node, sql }) => ({ kind: 'write', sql, partitionBy: node.config.partitionBy }),
};
