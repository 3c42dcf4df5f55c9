import { fieldIdsOption } from '../schema/field-ids-option.js';
import type { TableSchema } from '../schema/table-schema.js';
import { quoteIdentifier } from '../util/sql-quote.js';

/** The COPY options that all files of a table share, so that they have one schema. */
export function parquetOptions({ columns }: TableSchema): string[] {
  const fieldIds = fieldIdsOption(columns);
  return ['format parquet', 'compression zstd', ...(fieldIds === undefined ? [] : [`field_ids ${fieldIds}`])];
}

/** `select cast("a" as INTEGER) as "a", …`, still without FROM: every column in its stored type. */
export function castColumns({ columns }: TableSchema): string {
  const casts = columns.map(({ name, type }) => {
    const column = quoteIdentifier(name);
    return `cast(${column} as ${type}) as ${column}`;
  });
  return `select ${casts.join(', ')}`;
}

/** A SELECT with a table's columns and no rows. */
export function emptySelect({ columns }: TableSchema): string {
  const nulls = columns.map(({ name, type }) => `cast(null as ${type}) as ${quoteIdentifier(name)}`);
  return `select ${nulls.join(', ')} where false`;
}
