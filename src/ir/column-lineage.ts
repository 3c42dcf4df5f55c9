/** A column of a table, as the project names them. */
export interface ColumnSource {
  readonly table: string;
  readonly column: string;
}

export interface LineageColumn {
  readonly name: string;
  /** The columns of the node's inputs that its values come from, sorted. */
  readonly sources: readonly ColumnSource[];
}

/** Where the columns of one node come from. */
export interface NodeLineage {
  readonly columns: readonly LineageColumn[];
  /** The columns that decide which rows there are and in which order: of filters, joins, groups and sorting. */
  readonly rows: readonly ColumnSource[];
}
