import type { ConnectorContext } from '../../ports/connector.js';
import type { FilePlan, TypedPart } from './file-plan.js';
import type { FoundFile } from './list-files.js';
import { fileList, type Places, pathSettings, type Reading, typedSelectList } from './scan-columns.js';

/** Groups Parquet files by their schema. */
export async function planParquet(
  files: readonly FoundFile[],
  reading: Reading,
  { connection }: ConnectorContext,
): Promise<readonly TypedPart[]> {
  if (files.length === 0) return [];
  const paths = files.map((file) => file.path);
  const rows = await connection.rows(
    `select file_name, md5(string_agg(concat_ws('|', name, type, type_length, converted_type, logical_type, num_children, scale, "precision"), chr(10) order by rn)) as shape
     from (select *, row_number() over () as rn from parquet_schema(${fileList(paths, reading)})) group by all`,
  );
  const shapeByFile = new Map(rows.map((row) => [row.file_name as string, row.shape as string]));
  const groups = new Map<string, string[]>();
  for (const { path, absolute } of files) {
    const shape = shapeByFile.get(absolute) ?? path;
    groups.set(shape, [...(groups.get(shape) ?? []), path]);
  }
  const parts: TypedPart[] = [];
  for (const group of groups.values()) {
    const described = await connection.rows(`describe select * from ${parquetScan([group[0]!], reading)}`);
    parts.push({
      kind: 'parquet',
      files: group,
      compression: 'none',
      columns: described.map((row) => ({ name: row.column_name as string, type: row.column_type as string })),
    });
  }
  return parts;
}

/** A SELECT of the plan's columns from one part. */
export function parquetSelect(plan: FilePlan, part: TypedPart, reading: Reading): string {
  const list = typedSelectList(plan, part, reading);
  return `select ${list} from ${parquetScan(part.files, reading, pathSettings(plan))}`;
}

function parquetScan(files: readonly string[], places: Places, settings: readonly string[] = []): string {
  return `read_parquet(${[fileList(files, places), 'hive_partitioning = false', ...settings].join(', ')})`;
}
