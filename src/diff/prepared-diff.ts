import type { SampleRow } from '../ir/table-diff.js';
import type { EngineConnection } from '../ports/engine.js';
import type { TableSchema } from '../schema/table-schema.js';
import { quoteIdentifier } from '../util/sql-quote.js';
import type { ComparedColumn } from './compared-columns.js';

/** The rows of one side. */
export interface SideRows {
  /** A SELECT with the columns of `schema`. */
  readonly sql: string;
  readonly schema: TableSchema;
}

export interface DiffRowsInput {
  readonly connection: EngineConnection;
  readonly from: SideRows;
  readonly to: SideRows;
  /** Columns that tell rows apart; undefined compares whole rows. */
  readonly key: readonly string[] | undefined;
  /** Rows of each kind to show. */
  readonly sampleCount: number;
}

/** What a comparison works with: both sides are views of the connection. */
export interface PreparedDiff extends DiffRowsInput {
  readonly columns: readonly ComparedColumn[];
  readonly keyColumns: readonly ComparedColumn[];
}

export const oldRows = '"_diff_from"';
export const newRows = '"_diff_to"';
/** One row a difference. */
export const differences = '"_diff"';

/** Rows of text, columns by their names. */
export async function sampleRows(connection: EngineConnection, sql: string): Promise<readonly SampleRow[]> {
  return (await connection.rows(sql)) as readonly SampleRow[];
}

/** All columns of a schema as text. */
export function asText({ columns }: TableSchema, table: string): string {
  return columns
    .map(({ name }) => `cast(${table}.${quoteIdentifier(name)} as varchar) as ${quoteIdentifier(name)}`)
    .join(', ');
}
