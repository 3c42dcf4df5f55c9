import { relative, sep } from 'node:path';
import type { ColumnStats, DataFile } from '../ir/table-version.js';
import type { EngineRow } from '../ports/engine.js';
import type { TableSchema } from '../schema/table-schema.js';
import { emptyRecord } from '../util/own.js';
import { quoteIdentifier } from '../util/sql-quote.js';

/** A file as `COPY … (RETURN_STATS)` reports it, its path relative to the folder that was written to. */
export type CopiedFile = Omit<DataFile, 'path'> & { readonly relativePath: string };

type Pairs<V> = readonly { readonly key: string; readonly value: V }[];

// A bound that is longer helps no reader and would swell the version's file.
const longestBound = 128;

/** Reads one row of what `COPY … (RETURN_STATS)` returns. */
export function copiedFile(
  row: EngineRow,
  directory: string,
  schema: TableSchema,
  partitionBy: readonly string[],
): CopiedFile {
  // DuckDB takes column names in any case; versions have them as they were asked for.
  const pairs = (row.partition_keys ?? []) as Pairs<string | null>;
  const values = new Map(pairs.map(({ key, value }) => [key.toLowerCase(), value]));
  const known = partitionBy.filter((column) => values.has(column.toLowerCase()));
  return {
    relativePath: relative(directory, row.filename as string)
      .split(sep)
      .join('/'),
    rowCount: Number(row.count),
    sizeBytes: Number(row.file_size_bytes),
    partition: Object.fromEntries(known.map((column) => [column, values.get(column.toLowerCase()) ?? null])),
    stats: columnStats((row.column_statistics ?? []) as Pairs<Pairs<string>>, schema),
  };
}

/** Top-level columns only; those inside structs and lists have statistics nobody asks for. */
function columnStats(reported: Pairs<Pairs<string>>, schema: TableSchema): Record<string, ColumnStats> {
  const nameByPath = new Map(schema.columns.map((column) => [quoteIdentifier(column.name), column.name]));
  const stats = emptyRecord<ColumnStats>();
  for (const { key, value } of reported) {
    const name = nameByPath.get(key);
    if (name === undefined) continue;
    const found = new Map(value.map((pair) => [pair.key, pair.value]));
    const min = found.get('min');
    const max = found.get('max');
    const nullCount = found.get('null_count');
    stats[name] = {
      ...(min !== undefined && min.length <= longestBound && { min }),
      ...(max !== undefined && max.length <= longestBound && { max }),
      ...(nullCount !== undefined && { nullCount: Number(nullCount) }),
    };
  }
  return stats;
}
