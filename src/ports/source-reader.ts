import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { LandedPieces, TableVersion } from '../ir/table-version.js';
import type { TableSchema } from '../schema/table-schema.js';
import type { EngineConnection } from './engine.js';

/** A source table's rows, ready to be selected on one connection. */
export interface OpenedSource {
  /** A SELECT that returns the rows. */
  readonly sql: string;
  /** Rows that could not be read, for `<table>__rejected`; to be run after `sql`, on the same connection. */
  readonly rejects?: { readonly sql: string; readonly schema: TableSchema };
  /** Removes what reading left behind. */
  close(): Promise<void>;
  /** Of a source to whose rows each landing adds: what the table holds afterwards. */
  readonly landed?: LandedPieces;
  /** Names of the pieces that `sql` reads, to be added to what the table has; absent when it reads all. */
  readonly adds?: readonly string[];
  /** A column of `sql` besides the table's, with the name of the piece that a row is of. */
  readonly pieceColumn?: string;
}

/** Opens source tables and seeds for the runner, which knows no connector. */
export interface SourceReader {
  /** `current` is the table's version that new rows may be added to. */
  open(name: string, connection: EngineConnection, current?: TableVersion | undefined): Promise<OpenedSource>;
  /** An error from reading, in the person's terms; undefined when the connector has nothing to say about it. */
  explain(name: string, error: unknown): Promise<readonly Diagnostic[] | undefined>;
}
