import type { LakeSnapshot } from '../ir/commit.js';
import type { ManifestNode } from '../ir/manifest.js';
import type { TableVersion } from '../ir/table-version.js';
import type { Lake } from '../lake/lake.js';
import { committedKey } from '../planner/data-keys.js';
import type { StateLake } from './state-lake.js';

/** What a run reads of another target's lake instead of its own. */
export interface Deferred {
  /** By table. */
  readonly versions: ReadonlyMap<string, TableVersion>;
  readonly lake: Lake;
}

/** What tables should be made of. */
export interface Made {
  readonly nodes: ReadonlyMap<string, Pick<ManifestNode, 'inputs'>>;
  /** The logic of a table as a lake records it. */
  readonly logicOf: (name: string) => string;
}

/**
 * Tables that are not `chosen`, as the other target has them: those that the own lake lacks, and those that it has
 * not made by the project's SQL, or from what the other target has otherwise by now, where the other one fits.
 */
export function deferTo(
  { lake, snapshot }: StateLake,
  own: LakeSnapshot,
  chosen: ReadonlySet<string>,
  made: Made,
): Deferred {
  const outdated = outdatedTables(own, snapshot, chosen, made);
  const deferred = [...snapshot.tables].filter(
    ([table]) => !chosen.has(table) && (!own.tables.has(table) || outdated.has(table)),
  );
  return { lake, versions: new Map(deferred) };
}

/** The own lake's tables, but for those that are deferred. */
export function withDeferred(own: LakeSnapshot, deferred: Deferred | undefined): LakeSnapshot {
  if (!deferred) return own;
  return { commit: own.commit, tables: new Map([...own.tables, ...deferred.versions]) };
}

/** Tables of both lakes of which only the other one's is what the project makes. */
function outdatedTables(
  own: LakeSnapshot,
  other: LakeSnapshot,
  chosen: ReadonlySet<string>,
  { nodes, logicOf }: Made,
): ReadonlySet<string> {
  const outdated = new Set<string>();
  const unlikeOwn = new Set<string>();
  const unlikeOther = new Set<string>();
  const keyOf = keysOf(new Map([...other.tables, ...own.tables]));
  // Ephemeral models are in no lake, and part of the logic of what reads them.
  for (const [name, { inputs }] of nodes) {
    const mine = own.tables.get(name);
    const theirs = other.tables.get(name);
    const isUnlike = (version: TableVersion | undefined, unlike: ReadonlySet<string>) =>
      (version && version.provenance.logic !== logicOf(name)) || inputs.some((input) => unlike.has(input));
    // Made from what only the other lake has, and has otherwise by now.
    const isEarlier = Object.entries(mine?.provenance.inputs ?? {}).some(
      ([input, key]) => !own.tables.has(input) && other.tables.has(input) && keyOf(input) !== key,
    );
    if (isUnlike(theirs, unlikeOther)) unlikeOther.add(name);
    if (!chosen.has(name) && (isEarlier || isUnlike(mine, unlikeOwn))) unlikeOwn.add(name);
    if (mine && theirs && unlikeOwn.has(name) && !unlikeOther.has(name)) outdated.add(name);
  }
  return outdated;
}

function keysOf(tables: ReadonlyMap<string, TableVersion>): (name: string) => string {
  const keys = new Map<string, string>();
  const of = (name: string): string => {
    if (!keys.has(name)) keys.set(name, committedKey(tables.get(name), of));
    return keys.get(name)!;
  };
  return of;
}
