import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { followsInputs } from '../ir/follows-inputs.js';
import type { ManifestNode } from '../ir/manifest.js';
import type { Materialization, MaterializationStep, RowMatch } from '../ports/materialization.js';
import { endOfTime, parseTime, type TimeGrain } from '../util/time-grain.js';
import {
  configError,
  missingOption,
  namesOption,
  repeatedColumn,
  textOption,
  unknownColumns,
} from './read-options.js';
import { validatePartitions } from './validate-partitions.js';

/** A table that goes on from what earlier runs built, in one of four ways. */
export const incremental: Materialization = {
  name: 'incremental',
  storesRows: true,
  example: { options: { strategy: 'merge', unique_key: ['id'] } },
  validate: (node) => [...validatePartitions(node), ...strategyErrors(node), ...columnErrors(node)],
  plan({ node, sql }) {
    const { config } = node;
    const { partitionBy } = config;
    if (config.options.strategy === 'time_range') return intervals(node, sql);
    const match = matchOf(node);
    const clusterBy = namesOption(config, 'cluster_by');
    // Rows that lie in the order of their key are found in few files.
    const orderBy = clusterBy.length === 0 && match.by === 'key' ? match.columns : clusterBy;
    return { kind: 'rewrite', sql, partitionBy, match, orderBy };
  },
};

function matchOf({ config }: ManifestNode): RowMatch {
  switch (config.options.strategy) {
    case 'merge': {
      const [columns, orderBy] = [namesOption(config, 'unique_key'), namesOption(config, 'order_by')];
      return { by: 'key', columns, orderBy };
    }
    case 'overwrite_partitions':
      return { by: 'partition' };
    default:
      return { by: 'nothing' };
  }
}

function intervals({ config }: ManifestNode, sql: string): MaterializationStep {
  const { interval, lookback, batch_size: batchSize } = config.options;
  const eventTime = textOption(config, 'event_time')!;
  const clusterBy = namesOption(config, 'cluster_by');
  return {
    kind: 'intervals',
    sql,
    partitionBy: config.partitionBy,
    orderBy: clusterBy.length > 0 ? clusterBy : [eventTime],
    eventTime,
    grain: interval as TimeGrain,
    begin: textOption(config, 'begin')!,
    lookback: (lookback as number | undefined) ?? 0,
    followsInputs: followsInputs(config),
    ...(batchSize !== undefined && { batchSize: batchSize as number }),
  };
}

const strategies = ['append', 'merge', 'overwrite_partitions', 'time_range'];

function strategyErrors(node: ManifestNode): readonly Diagnostic[] {
  const { options, partitionBy } = node.config;
  const missing = (key: string, why: string, example: string) => missingOption(node, key, why, example);
  switch (options.strategy) {
    case 'append':
      return [];
    case 'merge':
      return missing('unique_key', 'new rows replace those with the same key', '[id]');
    case 'overwrite_partitions':
      if (partitionBy.length > 0) return [];
      return [
        configError(
          node,
          'strategy',
          `${node.name} has no partitions to overwrite.`,
          'write `partition_by: [day]`',
        ),
      ];
    case 'time_range':
      return [
        ...missing('event_time', 'the column that says in which interval a row belongs', 'occurred_at'),
        ...missing('interval', 'how long the intervals are', 'day'),
        ...missing('begin', 'the first moment to build', '2024-01-01'),
        ...timeErrors(node),
        ...followErrors(node),
        ...transformErrors(node),
      ];
    default: {
      const message =
        options.strategy === undefined
          ? `${node.name} is incremental and does not say how.`
          : `"${String(options.strategy)}" is no strategy of an incremental model.`;
      const hint = `write \`strategy:\` with one of ${strategies.join(', ')}`;
      return [configError(node, 'strategy', message, hint)];
    }
  }
}

function timeErrors(node: ManifestNode): readonly Diagnostic[] {
  const errors: Diagnostic[] = [];
  const begin = textOption(node.config, 'begin');
  const beginMs = begin === undefined ? 0 : parseTime(begin);
  if (beginMs === undefined) {
    const message = `"${begin}" is no moment at which ${node.name} can begin.`;
    errors.push(configError(node, 'begin', message, 'write it as 2024-01-01 or 2024-01-01T06:00:00Z'));
  } else if (beginMs >= parseTime(endOfTime)!) {
    const message = `${node.name} begins at ${begin}, and no interval reaches the year 9999: nothing could ever be built.`;
    errors.push(configError(node, 'begin', message, 'write the first moment to build, such as 2024-01-01'));
  }
  const name = textOption(node.config, 'event_time')?.toLowerCase();
  const column = node.schema.columns.find((c) => c.name.toLowerCase() === name);
  if (column?.type === 'DATE' && /^(minute|hour)$/.test(String(node.config.options.interval))) {
    const message = `"${column.name}" of ${node.name} is a date, which says no hour.`;
    errors.push(configError(node, 'interval', message, 'write `interval: day`'));
  }
  return errors;
}

/** Rows that are gone from an input would go from the table. */
function followErrors(node: ManifestNode): readonly Diagnostic[] {
  if (!followsInputs(node.config) || node.config.options.full_refresh !== false) return [];
  const message = `${node.name} keeps its rows (\`full_refresh: false\`), and \`late_rows: build\` would make them again from what its inputs have by now.`;
  return [configError(node, 'late_rows', message, 'leave one of the two out')];
}

/** A transform's code sees all rows of its input at once, not those of an interval. */
function transformErrors(node: ManifestNode): readonly Diagnostic[] {
  if (!node.transform) return [];
  const message = `${node.name} is a transform, which cannot be built by intervals of time.`;
  return [configError(node, 'strategy', message, 'write `strategy: merge` with a `unique_key`')];
}

function columnErrors(node: ManifestNode): readonly Diagnostic[] {
  const unknown = ['unique_key', 'order_by', 'cluster_by'].flatMap((key) =>
    unknownColumns(node, key, namesOption(node.config, key)),
  );
  return [...unknown, ...repeatedColumn(node, 'unique_key')];
}
