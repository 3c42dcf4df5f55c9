import type { RecordBatch } from 'apache-arrow';

/** A value as the engine hands it to JavaScript, reduced to what JSON can hold; BIGINT and DECIMAL are text when they would lose digits. */
export type EngineRow = Readonly<Record<string, unknown>>;

export interface EngineColumn {
  readonly name: string;
  /** DuckDB's text for the type. */
  readonly type: string;
}

/** A database in this process. Opening it is the costly part, so a run opens one and connects many times. */
export interface Engine {
  /** After `signal` aborts, what runs on the connection is interrupted and nothing more starts. */
  connect(signal?: AbortSignal): Promise<EngineConnection>;
  close(): void;
}

export interface EngineConnection {
  /** Runs one or several statements and drops what they return. Throws `EngineError`. */
  run(sql: string): Promise<void>;
  /** Runs one statement and returns all its rows, as plain JavaScript values (BIGINT as bigint, DATE and TIMESTAMP as text). Throws `EngineError`. */
  rows(sql: string): Promise<readonly EngineRow[]>;
  /** Runs one statement and streams its rows in chunks; memory stays bounded. */
  stream(sql: string): Promise<EngineStream>;
  /** Runs one statement and streams its rows as an Arrow IPC stream; memory stays bounded. */
  arrowStream(sql: string): Promise<AsyncIterable<Uint8Array>>;
  /** Appends record batches to a table whose columns have the types of `duckdbTypeOf`, in the batches' order. Returns the number of rows. */
  appendArrow(table: string, batches: AsyncIterable<RecordBatch>): Promise<number>;
  /** Stops what runs on this connection; its promise rejects with kind `interrupted`. */
  interrupt(): void;
  /** Of what runs now: 0 to 1, or undefined while the engine cannot tell. */
  progress(): number | undefined;
  close(): void;
}

export interface EngineStream {
  readonly columns: readonly EngineColumn[];
  /** Chunks of rows, each row an array in the order of `columns`, converted like `rows()`. */
  readonly chunks: AsyncIterable<readonly (readonly unknown[])[]>;
}

export type EngineErrorKind =
  | 'syntax'
  | 'unknown-table'
  | 'unknown-column'
  | 'unknown-function'
  | 'type-mismatch'
  | 'binder'
  | 'conversion'
  | 'interrupted'
  | 'out-of-memory'
  | 'other';

/** What the engine says is wrong, taken from its structured errors and never from the wording of a message. */
export class EngineError extends Error {
  override readonly name = 'EngineError';

  constructor(
    readonly kind: EngineErrorKind,
    message: string,
    readonly details: {
      /** UTF-16 offset in the SQL that was run. */
      readonly offset?: number;
      /** The same in bytes of UTF-8. It may be one of a view that the SQL reads. */
      readonly byteOffset?: number;
      /** The SQL that was run. */
      readonly sql?: string;
      /** The name that was not found. */
      readonly subject?: string;
      /** Names that the engine suggests. */
      readonly candidates?: readonly string[];
      readonly exceptionType?: string;
      /** What kind of thing was not found: `Table`, `Scalar Function`, `Type`, … */
      readonly entryType?: string;
    } = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
