import type { Column } from '../schema/table-schema.js';
import type { NodeKind } from './manifest.js';

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

/** A column, or, where none is named, the rows that a table has. */
export interface TablePart {
  readonly table: string;
  readonly column?: string;
}

/** One step of lineage: a column, and what is made of it. */
export interface LineageEdge {
  readonly from: ColumnSource;
  readonly to: TablePart;
}

/** Where the columns of a table come from, and what is made of them. */
export interface LineageReport {
  readonly table: string;
  /** Set where one column was asked for. */
  readonly column?: string;
  readonly kind: NodeKind;
  readonly path: string;
  /** Those that were asked for. */
  readonly columns: readonly Column[];
  /** Steps that lead to these columns, the nearest first. */
  readonly above: readonly LineageEdge[];
  /** Steps that lead on from them, the nearest first; one without a column ends at the rows that a table has. */
  readonly below: readonly LineageEdge[];
  /** The columns that decide which rows the table has: of its filters, joins and groups. */
  readonly rows: readonly ColumnSource[];
  /** Names of the tables that it reads, and of those that read it. */
  readonly inputs: readonly string[];
  readonly readers: readonly string[];
  /** Models on the way whose columns DuckDB cannot trace. */
  readonly untraced: readonly string[];
}
