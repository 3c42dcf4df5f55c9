import { type Diagnostic, warningDiagnostic } from '../diagnostics/diagnostic.js';
import type { ManifestNode } from '../ir/manifest.js';

/** What steers one way of building a table, and by which settings. */
interface Way {
  readonly name: string;
  readonly reads: readonly string[];
}

const goesOn = ['strategy', 'full_refresh', 'on_schema_change'];

/** Any node may have an `event_time`: models that read it by intervals filter on it. */
const everywhere = ['event_time', 'publish'];

const ways: Readonly<Record<string, Way>> = {
  view: { name: 'a view', reads: [] },
  ephemeral: { name: 'ephemeral', reads: [] },
  table: { name: 'a table', reads: ['cluster_by'] },
  seed: { name: 'a seed', reads: [] },
  snapshot: {
    name: 'a snapshot',
    reads: [...goesOn, 'unique_key', 'updated_at', 'check_columns', 'hard_deletes'],
  },
  append: { name: 'incremental with strategy append', reads: [...goesOn, 'cluster_by'] },
  merge: {
    name: 'incremental with strategy merge',
    reads: [...goesOn, 'cluster_by', 'unique_key', 'order_by'],
  },
  overwrite_partitions: {
    name: 'incremental with strategy overwrite_partitions',
    reads: [...goesOn, 'cluster_by'],
  },
  time_range: {
    name: 'incremental with strategy time_range',
    reads: [...goesOn, 'cluster_by', 'interval', 'begin', 'lookback', 'late_rows', 'batch_size'],
  },
};

/** Warnings of settings in a model's own file that change nothing: somebody expects them to. Defaults of folders may. */
export function unreadSettings({
  name,
  path,
  kind,
  config,
  configSpans,
}: ManifestNode): readonly Diagnostic[] {
  const { materialized, options } = config;
  const way = ways[materialized === 'incremental' ? String(options.strategy) : materialized];
  if (kind !== 'model' || !way) return [];
  return Object.keys(options).flatMap((key) => {
    const span = configSpans?.[key];
    if (span?.file !== path || everywhere.includes(key) || way.reads.includes(key)) return [];
    // It lets rows go that an earlier way of building the table kept.
    if (key === 'full_refresh' && options[key] === true) return [];
    const readers = Object.values(ways).flatMap((other) => (other.reads.includes(key) ? other.name : []));
    const message = `${name} is ${way.name}, for which "${key}" has no meaning.`;
    return warningDiagnostic('compile/invalid-config', message, {
      span,
      hint: `leave it out; it is for ${readers.join(', or ')}`,
    });
  });
}
