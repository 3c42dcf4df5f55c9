/** One column of a table. `type` is DuckDB's own text for the type, such as `DECIMAL(18,2)` or `STRUCT(a INTEGER)`. */
export interface Column {
  readonly name: string;
  readonly type: string;
  /** False only where it is known: DuckDB does not infer it, tests and pins state it. */
  readonly nullable?: boolean;
  readonly description?: string;
  /** Stable number of the column in Parquet and in the pin; never reused. */
  readonly fieldId?: number;
  /** Field ids of everything inside the column, by path from the column: `[]`, `[].sku`, `[key]`, `city`. */
  readonly nestedIds?: Readonly<Record<string, number>>;
}

/** The columns of a table, in order. */
export interface TableSchema {
  readonly columns: readonly Column[];
}
