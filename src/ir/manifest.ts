import type { Span } from '../diagnostics/span.js';
import type { TableSchema } from '../schema/table-schema.js';
import type { ExpandedTransform, Segment } from './expanded-model.js';
import type { NodeConfig, TestConfig } from './project.js';
import type { UnitTest } from './unit-test.js';

export type NodeKind = 'source' | 'seed' | 'model';

/** A compiled project: every node with its SQL, its inputs and its column types. */
export interface Manifest {
  readonly project: string;
  /** By name, in an order in which every node stands behind its inputs. */
  readonly nodes: ReadonlyMap<string, ManifestNode>;
  readonly tests: readonly ManifestTest[];
  /** CREATE MACRO statements of `macros/*.sql`, in the order in which they must run. */
  readonly sqlMacros: readonly SqlMacro[];
  /** Enabled models, seeds and sources that have an error or stand below one, sorted; they are not in `nodes`. */
  readonly failed?: readonly FailedNode[];
}

/** What is known of a node that does not compile. */
export interface FailedNode {
  readonly name: string;
  readonly kind: NodeKind;
  readonly path: string;
  readonly config: NodeConfig;
  /** Names of the nodes it reads, as far as they are known. */
  readonly inputs: readonly string[];
}

export interface SqlMacro {
  readonly name: string;
  /** A complete `CREATE OR REPLACE MACRO …` statement. */
  readonly sql: string;
  readonly path: string;
  /** Tables that its body names, sorted: they must exist before it is created. */
  readonly reads?: readonly string[];
}

export interface ManifestNode {
  /** `stg_orders` for a model or seed, `shop.orders` for a source table. */
  readonly name: string;
  readonly kind: NodeKind;
  /** File that defines it, relative to the project's root. */
  readonly path: string;
  readonly config: NodeConfig;
  /** Where the settings stand, by dotted key, for errors that are found later. */
  readonly configSpans?: Readonly<Record<string, Span>>;
  /** The expanded SELECT of a model; absent for sources and seeds. */
  readonly sql?: string;
  readonly segments?: readonly Segment[];
  /** The SELECT of a run that only adds to the table, where it is another one. */
  readonly incremental?: { readonly sql: string; readonly segments: readonly Segment[] };
  /** Set where code makes the rows: `sql` is then made of its columns and of the query of its input. */
  readonly transform?: ExpandedTransform;
  /** Names of the nodes it reads directly, sorted. */
  readonly inputs: readonly string[];
  /** As stored: HUGEINT is already DECIMAL(38,0) where the node rests as Parquet. */
  readonly schema: TableSchema;
  /** Hash of all that is its own and affects its data: normalised SQL, data config, SQL macros used. */
  readonly logic: string;
  /** Hash of `logic` and the inputs' fingerprints. For a source, of its definition. */
  readonly fingerprint: string;
  /** False where the same inputs may give other rows: `now()`, `random()`, files read directly. */
  readonly repeatable: boolean;
  /** Why not, for people: the function's name. */
  readonly unrepeatableBecause?: string;
  /** SQL macros it uses, directly or through others. */
  readonly usesMacros: readonly string[];
}

/** A data test, compiled to the query that returns its failing rows; or a unit test of a model. */
export interface ManifestTest {
  /** Stable name, such as `not_null_orders_order_id`. */
  readonly name: string;
  /** The node it stands on; absent for a file under `tests/`. */
  readonly node?: string;
  readonly columns: readonly string[];
  readonly path: string;
  readonly span?: Span;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly kind: TestConfig['assertion']['kind'] | 'query' | 'unit';
  readonly severity: 'error' | 'warn';
  readonly warnIf: string;
  readonly errorIf: string;
  /** Of a unit test: what `node` is to make of which rows. It reads nothing that the lake has. */
  readonly unit?: UnitTest;
  /** Returns the failing rows; for `row_count`, one row when the count is out of bounds. Empty for a unit test. */
  readonly sql: string;
  /** Of a file under `tests/` that uses values of the environment: where they stand in `sql`. */
  readonly segments?: readonly Segment[];
  /** Names of the nodes that it reads, sorted. */
  readonly reads: readonly string[];
  /** Hash of `sql` with the macros that it calls, the engine's settings and the thresholds. */
  readonly logic: string;
  /** The table without rows of which it fails, such as the one whose rows are counted. Default: none. */
  readonly needsRowsOf?: string;
  /** False where it may say something else of the same rows, such as one that asks for the time. */
  readonly repeatable?: false;
}
