import type { Manifest, ManifestNode } from '../ir/manifest.js';
import { hash } from '../util/hash.js';
import { quoteIdentifier } from '../util/sql-quote.js';

/** A node seen as if every ephemeral model it reads were written into it. */
export interface ResolvedNode {
  /** Tables and views it reads, directly or through ephemeral models; sorted. */
  readonly inputs: readonly string[];
  /** Hash of its own logic, of that of the ephemeral models within, and of the times by which it sees its inputs. */
  readonly logic: string;
  /** Ephemeral models within, inputs first. */
  readonly ephemerals: readonly ManifestNode[];
  /** The function that makes it, or an ephemeral model within, give other rows each time. */
  readonly unrepeatableBecause: string | undefined;
}

/** Resolves nodes of one manifest, each once. */
export function ephemeralResolver(manifest: Manifest): (node: ManifestNode) => ResolvedNode {
  const resolved = new Map<string, ResolvedNode>();
  const resolve = (node: ManifestNode): ResolvedNode => {
    const known = resolved.get(node.name);
    if (known) return known;
    const inputs = new Set<string>();
    const ephemerals = new Map<string, ManifestNode>();
    let unrepeatableBecause = node.repeatable ? undefined : (node.unrepeatableBecause ?? 'its SQL');
    for (const name of node.inputs) {
      const input = manifest.nodes.get(name);
      if (input?.config.materialized !== 'ephemeral') {
        inputs.add(name);
        continue;
      }
      const within = resolve(input);
      for (const deeper of within.ephemerals) ephemerals.set(deeper.name, deeper);
      ephemerals.set(name, input);
      for (const deeper of within.inputs) inputs.add(deeper);
      unrepeatableBecause ??= within.unrepeatableBecause;
    }
    const ephemeralList = [...ephemerals.values()];
    const within = [...ephemeralList].sort(byName).map((e) => e.logic);
    const parts = [...within, ...inputTimes(node, manifest)];
    const result: ResolvedNode = {
      inputs: [...inputs].sort(),
      logic: parts.length === 0 ? node.logic : hash(node.logic, ...parts),
      ephemerals: ephemeralList,
      unrepeatableBecause,
    };
    resolved.set(node.name, result);
    return result;
  };
  return resolve;
}

/** What a model that is built by intervals sees of an input depends on the input's `event_time`. */
function inputTimes({ inputs, config }: ManifestNode, { nodes }: Manifest): readonly string[] {
  if (config.options.strategy !== 'time_range') return [];
  return inputs.flatMap((name) => {
    const eventTime = nodes.get(name)?.config.options.event_time;
    return typeof eventTime === 'string' ? [`${name} by ${eventTime.toLowerCase()}`] : [];
  });
}

/** Two models that swap their SQL are a change, so their logic stands in the order of their names. */
function byName(a: ManifestNode, b: ManifestNode): number {
  return a.name < b.name ? -1 : 1;
}

/** A SELECT that needs nothing but the tables and views that the lake knows: ephemeral models become CTEs. */
export function selfContainedSql(sql: string, ephemerals: readonly ManifestNode[]): string {
  if (ephemerals.length === 0) return sql;
  const ctes = ephemerals.map((e) => `${quoteIdentifier(e.name)} as (\n${e.sql ?? ''}\n)`);
  return `with ${ctes.join(',\n')}\nselect * from (\n${sql}\n)`;
}
