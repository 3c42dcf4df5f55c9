/**
 * The settings of a model in TypeScript: what front matter says in a SQL model.
 *
 * ```ts
 * export const config: ModelConfig = { materialized: 'table', tests: ['amount >= 0'] };
 * ```
 */
export interface ModelConfig {
  description?: string;
  /** Default: that of the folder in etl.yml, or else view; a transform is a table. */
  materialized?: string;
  /** Descriptions and tests of columns, by name. */
  columns?: Record<string, ModelConfigColumn | null>;
  /** Data tests over the whole table. */
  tests?: ModelConfigTest[];
  /** For selection: `etl build --select tag:daily`. */
  tags?: string | string[];
  /** False leaves it out of the project. */
  enabled?: boolean;
  /** Free notes for other tools. */
  meta?: Record<string, unknown>;
  /** Columns whose values become folders. */
  partition_by?: string | string[];
  /** Project each committed version to a plain folder of Parquet files. */
  publish?: boolean | { to?: string; path?: string; overwrite?: boolean };
  /** Which changes of its schema the consumers of the table accept. Default: forward. */
  compatibility?:
    | 'forward'
    | 'backward'
    | 'full'
    | 'forward_transitive'
    | 'backward_transitive'
    | 'full_transitive'
    | 'exact'
    | 'none';
  strategy?: 'append' | 'merge' | 'overwrite_partitions' | 'time_range' | 'timestamp' | 'check';
  unique_key?: string | string[];
  order_by?: string | string[];
  cluster_by?: string | string[];
  /** The column that says when a row happened. */
  event_time?: string;
  interval?: 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year';
  /** The first moment to build, such as 2024-01-01. */
  begin?: string;
  /** Intervals that are built again for late rows. */
  lookback?: number;
  /** What a build does about intervals behind the lookback whose input rows changed. Default: warn. */
  late_rows?: 'warn' | 'build';
  /** Intervals a statement. */
  batch_size?: number;
  on_schema_change?: 'fail' | 'append_new_columns' | 'sync_all_columns' | 'ignore';
  /** False protects the table from `--full-refresh`. */
  full_refresh?: boolean;
  updated_at?: string;
  /** Columns to compare, or "all". */
  check_columns?: string | string[];
  hard_deletes?: 'ignore' | 'invalidate' | 'new_record';
}

export interface ModelConfigColumn {
  description?: string;
  tests?: ModelConfigTest[];
  /** The name that consumers of the table know the column by until now. */
  renamed_from?: string;
}

type Scalar = string | number | boolean | null;

interface TestSettings {
  /** Name of the test in results. Default: made from what it tests. */
  name?: string;
  /** Whether failing rows fail the run. Default: error. */
  severity?: 'error' | 'warn';
  /** SQL condition: only rows that meet it are tested. */
  where?: string;
  /** Condition on the number of failing rows, such as "> 10". */
  warn_if?: string;
  error_if?: string;
}

type Columns = string | string[] | ({ columns?: string | string[] } & TestSettings) | null;

/** The name of a test, a SQL expression that is true for every row, or one test with its settings. */
export type ModelConfigTest =
  | string
  | ({
      not_null?: Columns;
      unique?: Columns;
      accepted_values?: Scalar[] | ({ values: Scalar[] } & TestSettings);
      relationships?: { to: string; field: string } & TestSettings;
      expression?: string | ({ expression: string } & TestSettings);
      row_count?: { min?: number; max?: number } & TestSettings;
      freshness?: {
        column?: string;
        warn_after?: string;
        error_after?: string;
        name?: string;
        where?: string;
      };
    } & TestSettings);
