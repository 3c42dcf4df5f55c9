import type { Materialization } from '../ports/materialization.js';
import { namesOption, unknownColumns } from './read-options.js';
import { validatePartitions } from './validate-partitions.js';

/** A new table version from the whole query, every time something it depends on changed. */
export const table: Materialization = {
  name: 'table',
  storesRows: true,
  validate: (node) => [
    ...validatePartitions(node),
    ...unknownColumns(node, 'cluster_by', namesOption(node.config, 'cluster_by')),
  ],
  plan: ({ node: { config }, sql }) => ({
    kind: 'write',
    sql,
    partitionBy: config.partitionBy,
    orderBy: namesOption(config, 'cluster_by'),
  }),
};
