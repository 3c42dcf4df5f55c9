import type { Diagnostic } from '../diagnostics/diagnostic.js';
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
}

/** Opens source tables and seeds for the runner, which knows no connector. */
export interface SourceReader {
  open(name: string, connection: EngineConnection): Promise<OpenedSource>;
  /** An error from reading, in the person's terms; undefined when the connector has nothing to say about it. */
  explain(name: string, error: unknown): Promise<readonly Diagnostic[] | undefined>;
}
