import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { ManifestNode } from '../ir/manifest.js';
import type { NodeConfig } from '../ir/project.js';
import type { Materialization } from '../ports/materialization.js';
import type { Column } from '../schema/table-schema.js';
import {
  configError,
  missingOption,
  namesOption,
  repeatedColumn,
  textOption,
  unknownColumns,
} from './read-options.js';
import { overlappingRecords, snapshotChanges } from './snapshot-changes.js';
import { validatePartitions } from './validate-partitions.js';

/** What a snapshot adds to the columns of its query. */
export const validityColumns = ['valid_from', 'valid_to', 'is_current'] as const;
export const deletedColumn = 'is_deleted';

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
  const time = type === 'TIMESTAMP' || type === 'DATE' ? 'TIMESTAMP' : 'TIMESTAMP WITH TIME ZONE';
  return [
    { name: 'valid_from', type: time },
    { name: 'valid_to', type: time },
    { name: 'is_current', type: 'BOOLEAN' },
    ...(config.options.hard_deletes === 'new_record' ? [{ name: deletedColumn, type: 'BOOLEAN' }] : []),
  ];
}

function snapshotErrors(node: ManifestNode): readonly Diagnostic[] {
  const { options } = node.config;
  const updatedAt = textOption(node.config, 'updated_at');
  const compared = namesOption(node.config, 'check_columns').filter((name) => name !== 'all');
  const errors = [
    ...missingOption(node, 'unique_key', 'it says which rows are states of one thing', '[id]'),
    ...unknownColumns(node, 'unique_key', namesOption(node.config, 'unique_key')),
    ...repeatedColumn(node, 'unique_key'),
    ...unknownColumns(node, 'check_columns', compared),
    ...(updatedAt === undefined ? [] : unknownColumns(node, 'updated_at', [updatedAt])),
  ];
  if ((updatedAt === undefined) === (options.check_columns === undefined)) {
    const message = `${node.name} needs either "updated_at" or "check_columns" to see what changed.`;
    const hint = 'write `updated_at: updated_at`, or `check_columns: [status]`, or `check_columns: all`';
    errors.push(configError(node, 'updated_at', message, hint));
  }
  if (
    options.strategy !== undefined &&
    options.strategy !== (updatedAt === undefined ? 'check' : 'timestamp')
  ) {
    const hint = 'leave it out: "updated_at" and "check_columns" say it already';
    const message = `"${String(options.strategy)}" is no strategy of the snapshot ${node.name}.`;
    errors.push(configError(node, 'strategy', message, hint));
  }
  const type = node.schema.columns.find(
    (column) => column.name.toLowerCase() === updatedAt?.toLowerCase(),
  )?.type;
  if (type !== undefined && !/^(DATE|TIMESTAMP)\b/.test(type)) {
    const message = `"${updatedAt}" of ${node.name} is ${type}; updated_at is a date or a timestamp.`;
    errors.push(configError(node, 'updated_at', message, 'cast it, such as cast(… as TIMESTAMP)'));
  }
  const added = new Set<string>([
    ...validityColumns,
    ...(options.hard_deletes === 'new_record' ? [deletedColumn] : []),
  ]);
  const names = node.schema.columns.map((column) => column.name.toLowerCase());
  const twice = names.find((name, i) => added.has(name) && names.indexOf(name) !== i);
  if (twice !== undefined) {
    const message = `${node.name} has a column "${twice}" of its own, which a snapshot adds.`;
    errors.push(configError(node, 'materialized', message, 'give it another name in the query'));
  }
  return errors;
}
