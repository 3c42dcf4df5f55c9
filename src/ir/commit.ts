import type { TableVersion } from './table-version.js';

/** One entry of the commit log. `null` in `changes` means that the table was dropped. */
export interface Commit {
  readonly format: 1;
  readonly number: number;
  readonly runId: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** What made it, such as `build` or `rollback to 12`. */
  readonly operation: string;
  /** Version id by table. */
  readonly changes: Readonly<Record<string, string | null>>;
  /** Every so often, the version id of every table after this commit. */
  readonly tables?: Readonly<Record<string, string>>;
}

/** The lake as one commit left it. Commit number 0 is the empty lake. */
export interface LakeSnapshot {
  readonly commit: number;
  readonly tables: ReadonlyMap<string, TableVersion>;
}
