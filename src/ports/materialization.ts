import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { ManifestNode } from '../ir/manifest.js';
import type { NodeConfig } from '../ir/project.js';
import type { TableVersion } from '../ir/table-version.js';

/** What a materialization does with a node, as data: tested without a database. */
export type MaterializationStep =
  /** Make the name known to this run only. */
  | { readonly kind: 'inline'; readonly sql: string }
  /** Commit a definition without rows. */
  | { readonly kind: 'view'; readonly sql: string }
  /** Write a new table version from a query. */
  | { readonly kind: 'write'; readonly sql: string; readonly partitionBy: readonly string[] };

export interface MaterializationInput {
  readonly node: ManifestNode;
  /** The SELECT whose rows are meant: the model's own, or the one that reads a seed's file. */
  readonly sql: string;
  /** The committed version, if the table exists. */
  readonly current: TableVersion | undefined;
}

/** Decides how the result of a model comes to rest. Pure: `plan` touches nothing. */
export interface Materialization {
  readonly name: string;
  /** Whether its rows rest as Parquet, so that types must have a Parquet form. */
  readonly storesRows: boolean;
  /** The settings beyond `materialized` that the smallest model needs, for tests and documentation. */
  readonly example?: Partial<NodeConfig>;
  /** Errors in the node's configuration that only this materialization can see. */
  validate(node: ManifestNode): readonly Diagnostic[];
  plan(input: MaterializationInput): MaterializationStep;
}
