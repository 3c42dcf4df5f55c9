import type { LakeSnapshot } from '../ir/commit.js';
import type { Manifest } from '../ir/manifest.js';
import type { ResolvedNode } from './resolve-ephemerals.js';

/** The sample that no row is in, as a run names it. */
export const noRows = 'empty';

/** Which sample of the sources' rows a name holds; undefined for all rows. */
export type SampleOf = (name: string) => string | undefined;

/**
 * Finds what every name will hold: sources that this run may land the sample that it asks for, models that it may
 * build what their inputs hold, and all others what the lake has. Seeds are never sampled.
 */
export function sampleFinder(input: {
  readonly manifest: Manifest;
  readonly snapshot: LakeSnapshot;
  readonly resolved: (name: string) => ResolvedNode;
  readonly isActive: (name: string) => boolean;
  readonly sample: string | undefined;
}): SampleOf {
  const found = new Map<string, string | undefined>();
  const ofAny = (names: readonly string[]): string | undefined => {
    const samples = new Set(names.flatMap((name) => of(name) ?? []));
    return samples.size === 0 ? undefined : [...samples].sort().join(', ');
  };
  const find = (name: string): string | undefined => {
    const node = input.manifest.nodes.get(name);
    if (node?.kind === 'seed') return undefined;
    if (node && input.isActive(name))
      return node.kind === 'source' ? input.sample : ofAny(input.resolved(name).inputs);
    const committed = input.snapshot.tables.get(name);
    return committed?.view ? ofAny(committed.view.reads) : committed?.provenance.sample;
  };
  const of = (name: string): string | undefined => {
    if (!found.has(name)) {
      found.set(name, undefined);
      found.set(name, find(name));
    }
    return found.get(name);
  };
  return of;
}
