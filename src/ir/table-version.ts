import type { TableSchema } from '../schema/table-schema.js';
import type { TimeGrain } from '../util/time-grain.js';

/** Minimum, maximum and null count of one column of one file, as text. */
export interface ColumnStats {
  readonly min?: string;
  readonly max?: string;
  readonly nullCount?: number;
}

/** One immutable Parquet file of a table version. */
export interface DataFile {
  /** Key inside the lake, with forward slashes. */
  readonly path: string;
  readonly rowCount: number;
  readonly sizeBytes: number;
  /** Value by partition column, as text; null is SQL's NULL. Empty for an unpartitioned table. */
  readonly partition: Readonly<Record<string, string | null>>;
  readonly stats?: Readonly<Record<string, ColumnStats>>;
}

/** Where a table version came from. */
export interface Provenance {
  /** Name of the project that made it. */
  readonly project: string;
  /** Set on by-products such as `shop.orders__rejected`: the node that they come and go with. */
  readonly attachedTo?: string;
  readonly runId: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** Hash of everything that its rows depend on: logic and inputs' data keys. Equal keys mean equal rows. */
  readonly dataKey: string;
  readonly logic: string;
  /** Data key by input name. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Which sample of the sources' rows it was made from; absent for all rows. */
  readonly sample?: string;
}

/** A stretch of time, such as `2024-01-01T00:00:00Z`; `end` is exclusive. */
export interface Interval {
  readonly start: string;
  readonly end: string;
}

/** Neighbouring intervals that were built from the same inputs. */
export interface BuiltInterval extends Interval {
  /** Stands for the inputs that the rows were made from. */
  readonly inputsKey: string;
}

/** How many rows each input had before the moment from which on intervals are built again. */
export interface SettledRows {
  readonly until: string;
  /** By the input's name. */
  readonly rows: Readonly<Record<string, number>>;
}

/** Version ids of tables and of the views between, by name. */
export type SeenVersions = Readonly<Record<string, string>>;

/** Which intervals of a table were built. */
export interface IntervalLedger {
  readonly grain: TimeGrain;
  /** All intervals from here… */
  readonly begin: string;
  /** …to here should be there: the end of the last interval that had rows to read. */
  readonly end: string;
  /** Only when rows lay in the future: intervals from here on may still get rows, not the last one alone. */
  readonly open?: string;
  /** Rows that are read no more; absent where an older version of `etl` built it, or no input says when rows happened. */
  readonly settled?: SettledRows;
  /** Only with `late_rows: build`: what the inputs with an `event_time` were of which each interval has the rows. */
  readonly seen?: SeenVersions;
  /** Those that are there: sorted, apart from each other. What lacks between them failed. */
  readonly intervals: readonly BuiltInterval[];
}

/** What was read of a source that is landed piece by piece, such as file by file. */
export interface LandedPieces {
  /** Stands for how pieces are read. */
  readonly reader: string;
  /** Key of a piece's content by its name. */
  readonly pieces: Readonly<Record<string, string>>;
  /** How its rows came together; absent where an older version of `etl` landed it. */
  readonly rule?: LandingRule;
  /** Names of pieces that landed with other contents before, of which the table may still hold rows. */
  readonly replaced?: readonly string[];
  /** Set where some of them have columns, or types of columns, with which they did not land. */
  readonly narrowed?: true;
}

/** How the rows of pieces come together: which replace which, and what tells the newer one. */
export interface LandingRule {
  readonly key?: readonly string[];
  readonly cursor?: string;
}

/** An immutable state of one table: the one format for sources, seeds, models and snapshots. */
export interface TableVersion {
  readonly format: 1;
  readonly id: string;
  readonly table: string;
  readonly kind: 'table' | 'view';
  readonly schema: TableSchema;
  readonly partitionBy: readonly string[];
  readonly files: readonly DataFile[];
  readonly rowCount: number;
  readonly sizeBytes: number;
  /** Only for `kind: 'view'`: a self-contained SELECT and the CREATE MACRO statements it needs. */
  readonly view?: {
    readonly sql: string;
    readonly macros: readonly string[];
    readonly reads: readonly string[];
  };
  readonly publish: boolean;
  /** How a model made it; absent for sources and seeds. */
  readonly materialized?: string;
  /** Only of a table that is built by intervals of time. */
  readonly ledger?: IntervalLedger;
  /** Only of a source to whose rows each landing adds. */
  readonly landed?: LandedPieces;
  readonly provenance: Provenance;
  /** Keys of the audits it passed before it was committed. */
  readonly audits: readonly string[];
}
