import type { ExpandedModel, PendingModel } from '../ir/expanded-model.js';
import type { ManifestNode } from '../ir/manifest.js';
import type { WrittenSql } from '../ir/printable-sql.js';
import type { ModelFile, Project } from '../ir/project.js';
import type { Engine } from '../ports/engine.js';
import type { Expansion, Reexpanded } from '../ports/expansion.js';
import type { Memo } from '../ports/memo.js';
import type { Column, TableSchema } from '../schema/table-schema.js';

/** Nodes of the project that are left as they are, for those that are compiled to read. */
export interface KnownNodes {
  readonly names: readonly string[];
  get(name: string): ManifestNode | undefined;
}

/** The SQL of a model, before all is known of it. */
export interface CompiledSql extends WrittenSql {
  readonly path: string;
}

/** What `compile` needs to know. */
export interface CompileInput {
  readonly project: Project;
  /** Where only a part of a project is compiled: its other nodes. Default: none. */
  readonly known?: KnownNodes | undefined;
  /**
   * The models that expanded without error. An enabled model that is missing here has its error reported
   * already: it and its descendants are left out without a further message.
   */
  readonly expanded: readonly ExpandedModel[];
  /** Models and tests whose `${…}` ask for the columns of tables that must be bound before. Default: none. */
  readonly pending?: readonly PendingModel[];
  /** Expands a pending model again; called once the tables that it needs are bound. */
  readonly retry?: Expansion['retry'];
  /**
   * Expands a model for a run that only adds to its table; undefined where that is no different kind of run.
   * What it then reads, and that its columns are the same, is checked too.
   */
  readonly expandIncremental?: (
    model: ExpandedModel,
    schemaOf: (table: string) => TableSchema | undefined,
  ) => Reexpanded | undefined;
  /** The columns of a model's table, where they are not just those of its query. */
  readonly tableColumns?: (model: ModelFile, columns: readonly Column[]) => readonly Column[];
  /** The files under `tests/` that expanded without error. */
  readonly expandedTests: readonly ExpandedModel[];
  /** As stored, by name (`shop.orders`). A source table that is missing here is treated like a model with an error. */
  readonly sourceSchemas: ReadonlyMap<string, TableSchema>;
  /** By name. A seed that is missing here is treated like a model with an error. */
  readonly seedSchemas: ReadonlyMap<string, TableSchema>;
  /** Whether a materialization keeps rows as Parquet, so that types must have a Parquet form. */
  readonly storesRows: (materialized: string) => boolean;
  /**
   * Opens an engine on an empty in-memory database, with the project's `engine.init` on every connection.
   * Called at most once, and not at all when the memo knows everything. `compile` closes it.
   */
  readonly openEngine: () => Promise<Engine>;
  /** Default: nothing is remembered. */
  readonly memo?: Memo;
  /** Aborting it stops binding: `compile` then throws an `interruption`. */
  readonly signal?: AbortSignal | undefined;
  /** Hears of each model that DuckDB could bind, while others are being bound. */
  readonly onBound?: ((model: CompiledSql) => void) | undefined;
  /** How many connections bind at once. Default: the machine's cores, at most 4. */
  readonly connectionCount?: number;
}
