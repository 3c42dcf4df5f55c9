import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { ManifestNode } from '../ir/manifest.js';
import type { NodeConfig } from '../ir/project.js';
import type { TableVersion } from '../ir/table-version.js';
import type { Column } from '../schema/table-schema.js';
import type { TimeGrain } from '../util/time-grain.js';

/** What a materialization does with a node, as data: tested without a database. */
export type MaterializationStep =
  /** Make the name known to this run only. */
  | { readonly kind: 'inline'; readonly sql: string }
  /** Commit a definition without rows. */
  | { readonly kind: 'view'; readonly sql: string }
  | WriteStep
  | RewriteStep
  | IntervalsStep;

/** Write a new table version from a query. */
export interface WriteStep {
  readonly kind: 'write';
  readonly sql: string;
  readonly partitionBy: readonly string[];
  /** Columns by which rows are sorted within a partition. Default: as the query gives them. */
  readonly orderBy?: readonly string[];
}

/** Add a query's rows to the current version, in place of those that they match; other files stay as they are. */
export interface RewriteStep {
  readonly kind: 'rewrite';
  readonly sql: string;
  /** Where not the query's rows themselves are added, but what they change. */
  readonly changes?: RowChanges;
  readonly partitionBy: readonly string[];
  readonly match: RowMatch;
  /** Columns by which rows lie in files, so that few files hold the rows that a later run looks for. */
  readonly orderBy: readonly string[];
}

/** A SELECT of the rows to add, which reads those of the query as the table `seen`. */
export interface RowChanges {
  readonly sql: string;
  readonly seen: string;
  /** Columns by which no two rows of the query are the same; NULL equals NULL. */
  readonly uniqueBy: readonly string[];
  /** A column of the query that says when a row changed: a moment that a later one can follow, or NULL. */
  readonly changedAt?: string | undefined;
  /** A SELECT of rows that are there with columns that should tell them apart and do not: looked at when the query changed. */
  readonly entangled: string;
}

/** Which rows of the current version go when new ones come. */
export type RowMatch =
  | { readonly by: 'nothing' }
  /**
   * Those with the same values in `columns` (NULL equals NULL). Of several rows with one key the greatest by
   * `orderBy` stays, and of new ones that it does not tell apart the one that came last by `arrival`, a column of
   * the query that the table does not have; where that says nothing either, they are an error.
   */
  | {
      readonly by: 'key';
      readonly columns: readonly string[];
      readonly orderBy: readonly string[];
      readonly arrival?: string;
    }
  /** Those in the partitions that the new rows are in. */
  | { readonly by: 'partition' };

/** Replace whole intervals of time, each with the rows that its own run of the query gives. */
export interface IntervalsStep {
  readonly kind: 'intervals';
  readonly sql: string;
  readonly partitionBy: readonly string[];
  readonly orderBy: readonly string[];
  readonly eventTime: string;
  readonly grain: TimeGrain;
  readonly begin: string;
  /** Intervals before the last one that are built again when an input changed. */
  readonly lookback: number;
  /** Whether intervals are built again of which inputs have other rows; otherwise rows that came late are warned of. */
  readonly followsInputs: boolean;
  /** Intervals a query. Default: all neighbours. */
  readonly batchSize?: number;
}

export interface MaterializationInput {
  readonly node: ManifestNode;
  /** The SELECT whose rows are meant: the model's own, or the one that reads a seed's file. */
  readonly sql: string;
  /** The committed version, if the table exists and is to be added to. */
  readonly current: TableVersion | undefined;
  /** When this run began; ISO 8601, UTC. */
  readonly startedAt?: string;
}

/** Decides how the result of a model comes to rest. Pure: `plan` touches nothing. */
export interface Materialization {
  readonly name: string;
  /** Whether its rows rest as Parquet, so that types must have a Parquet form. */
  readonly storesRows: boolean;
  /** The columns of its table, where they are not just those of the query. */
  tableColumns?(config: NodeConfig, columns: readonly Column[]): readonly Column[];
  /** The settings beyond `materialized` that the smallest model needs, for tests and documentation. */
  readonly example?: Partial<NodeConfig>;
  /** Errors in the node's configuration that only this materialization can see. */
  validate(node: ManifestNode): readonly Diagnostic[];
  plan(input: MaterializationInput): MaterializationStep;
}
