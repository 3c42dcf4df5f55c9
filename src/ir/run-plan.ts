import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { ManifestTest } from './manifest.js';
import type { Interval } from './table-version.js';

/** Why a step is what it is, for people and for tests. */
export type Reason =
  | { readonly kind: 'new' }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'logic-changed' }
  | { readonly kind: 'input-changed'; readonly inputs: readonly string[] }
  | { readonly kind: 'source-changed' }
  | { readonly kind: 'not-repeatable'; readonly because: string }
  | { readonly kind: 'full-refresh' }
  | { readonly kind: 'schema-changed' }
  | { readonly kind: 'not-selected' }
  /** Intervals that failed before, or were never built. */
  | { readonly kind: 'missing-intervals'; readonly intervals: readonly Interval[] }
  | { readonly kind: 'backfill'; readonly interval: Interval }
  /** The table holds another sample of the rows than is asked for; one that is absent stands for all rows. */
  | { readonly kind: 'sample-changed'; readonly before?: string; readonly now?: string };

/** How a table that keeps what earlier runs built goes on: made anew, or added to. */
export interface BuildMode {
  readonly kind: 'full' | 'incremental';
  /** Its logic changed, and the rows that are there keep what the old one made of them. */
  readonly forwardOnly?: true;
  /** Nothing new is to be read: only its columns are others, and its rows go on in them. */
  readonly carriesOnly?: true;
  /** What becomes of the columns that its rows have, one sentence each. */
  readonly columns?: readonly string[];
  /** Stands for its logic and its inputs: what is recorded with each interval of time. */
  readonly inputsKey: string;
  /** Of a table built by intervals: those to build, whatever else is missing. */
  readonly requested?: RequestedIntervals;
  /** Of a table built by intervals: those known to be missing. */
  readonly missing?: readonly Interval[];
  /** Those are built too of which inputs have other rows by now, which only their rows tell. */
  readonly followsInputs?: true;
}

/** A stretch of time to build; what was built from the same inputs already only with `again`. */
export interface RequestedIntervals extends Interval {
  readonly again: boolean;
}

/**
 * What becomes of one node:
 * `land` reads a source, `seed` a CSV file, `build` writes a new table version, `view` commits a definition,
 * `inline` makes an ephemeral model known to this run, `reuse` takes the current version as it is.
 */
export type Action = 'land' | 'seed' | 'build' | 'view' | 'inline' | 'reuse';

export interface PlannedNode {
  readonly name: string;
  readonly action: Action;
  readonly reason: Reason;
  /** Hash of everything that the rows depend on. */
  readonly dataKey: string;
  /** Data key by input, ephemeral models resolved. */
  readonly inputKeys: Readonly<Record<string, string>>;
  /** Names of the planned nodes that must be audited before this one starts. */
  readonly after: readonly string[];
  /** Only of tables that keep what earlier runs built, and that this run builds. */
  readonly mode?: BuildMode;
  /** Which sample of the sources' rows its table then is made from, in any part; absent for all rows. */
  readonly sample?: string;
  /** Why it is known to fail: a source that cannot be read and that the lake does not have either. */
  readonly failure?: readonly Diagnostic[];
}

export interface PlannedTest {
  readonly test: ManifestTest;
  /** Identifies this test over exactly these inputs; passing it once is enough. */
  readonly auditKey: string;
  /** True when exactly these rows passed this test before: it is not run again. */
  readonly passedBefore: boolean;
  /** Names of the planned nodes that must be written before it starts. */
  readonly after: readonly string[];
  /** Nodes that stay out of the commit, with their descendants, when it fails with severity `error`. */
  readonly gates: readonly string[];
  /** Why rows that fail it are no failure, in words: where they come of rows that did not land, it counts as skipped. */
  readonly excuse?: string;
  /** False where waiting for it would make a circle: it then runs at the end and only gates the commit. */
  readonly blocksDescendants: boolean;
}

/** What a run does to one schema pin before it writes anything. */
export interface PinChange {
  readonly table: string;
  /** Of the pin's file, relative to the project's root. */
  readonly path: string;
  readonly kind: 'create' | 'update' | 'delete';
  /** What changes, one sentence each. */
  readonly summary: readonly string[];
}

/** Everything that a run will do, decided before it does anything. */
export interface RunPlan {
  readonly target: string;
  /** The commit that it was planned against. */
  readonly baseCommit: number;
  /** In an order in which every node stands behind those it waits for. */
  readonly nodes: readonly PlannedNode[];
  readonly tests: readonly PlannedTest[];
  /** Tables of the lake that no longer are in the project and go with this commit. */
  readonly drops: readonly string[];
  /** Schema pins that move with it. */
  readonly pins?: readonly PinChange[];
}
