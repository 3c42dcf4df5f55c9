import type { RecordBatch } from 'apache-arrow';
import type * as z from 'zod';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { SourceTable } from '../ir/project.js';
import type { LandedPieces } from '../ir/table-version.js';
import type { TableSchema } from '../schema/table-schema.js';
import type { EngineConnection } from './engine.js';
import type { Memo } from './memo.js';

/** What a connector needs to look at a source without an engine. */
export interface InspectContext {
  readonly rootDir: string;
  readonly signal: AbortSignal;
  /** Where results that are costly to find are remembered between runs. */
  readonly memo?: Memo;
}

/** What a connector is given to work with, besides the table's definition. */
export interface ConnectorContext extends InspectContext {
  /** A folder for this run's temporary files; removed afterwards. */
  readonly tempDir: string;
  /** May open on first use: nothing that the memo knows needs it. */
  readonly connection: EngineConnection;
  /** Names of the pieces to read. Default: all. */
  readonly only?: ReadonlySet<string>;
  /** Name of a column to add to the rows, with the name of the piece that each is of. Default: none. */
  readonly pieceColumn?: string;
}

/** The state of a source table at one moment, found without reading its rows where that is possible. */
export interface SourceState {
  /** Equal keys mean equal rows. */
  readonly dataKey: string;
  /** For people and artifacts: what was found, such as file paths with sizes. No secrets. */
  readonly inputs: readonly string[];
  /** Where parts of the source can be read by themselves: what they are and how they are read. */
  readonly pieces?: LandedPieces;
}

/** The columns of a source, as its rows show them. */
export interface SourceColumns extends TableSchema {
  /**
   * Paths of columns, and of what is inside them (`amount`, `items[].sku`), that have no value in any row, so that
   * nothing says of which type they are. Declared ones are never among them. Absent: none.
   */
  readonly untyped?: readonly string[];
}

/** DuckDB reads the rows itself, or from temporary tables that are loaded first. */
export interface ScanLane {
  readonly kind: 'scan';
  /** A SELECT that returns exactly the columns of `describe`, and `pieceColumn` where it is asked for. */
  readonly sql: string;
  /** A SELECT of unreadable rows (`file`, `line`, `column`, `reason`, `raw`), for `<table>__rejected`; run after `sql` on the same connection. */
  readonly rejectsSql?: string;
  /** Removes what the scan left in the session. */
  readonly cleanupSql?: string;
  /** What DuckDB does not read itself. */
  readonly loads?: readonly BatchLoad[];
}

/** Record batches that must be in a temporary table before a lane's SQL runs. */
export interface BatchLoad {
  /** Name of the temporary table; unlike every other name of the session. */
  readonly table: string;
  /** Its columns, in the batches' order, with the types of `duckdbTypeOf`. */
  readonly schema: TableSchema;
  readonly batches: AsyncIterable<RecordBatch>;
}

/** How the rows of a source table reach the engine (design §8); `openLane` brings them there. */
export type Lane = ScanLane;

/** Turns one source definition into rows. It knows nothing of staging, retry or commit: the core does that. */
export interface Connector {
  readonly name: string;
  /** Keys that a source may have besides the common ones. */
  readonly sourceOptions: z.ZodObject;
  /** Keys that each of its tables may have besides the common ones. */
  readonly tableOptions: z.ZodObject;
  inspect(table: SourceTable, context: InspectContext): Promise<SourceState>;
  /** The columns that the rows will have. Throws `DiagnosticError`. */
  describe(table: SourceTable, context: ConnectorContext): Promise<SourceColumns>;
  read(table: SourceTable, schema: TableSchema, context: ConnectorContext): Promise<Lane>;
  /** Turns an error that came up while the lane was read into the person's terms; undefined when it has nothing to add. */
  explain(
    error: unknown,
    table: SourceTable,
    context: ConnectorContext,
  ): Promise<readonly Diagnostic[] | undefined>;
}
