import { declaredRenames } from '../ir/declared-renames.js';
import type { ManifestNode } from '../ir/manifest.js';
import type { DataFile, TableVersion } from '../ir/table-version.js';
import { carriedColumns, earlierColumns } from '../schema/carried-columns.js';
import type { Column, TableSchema } from '../schema/table-schema.js';
import type { RunContext } from './run-context.js';

/** The rows that a table has before a run adds to it, as its new version holds them. */
export interface EarlierRows {
  readonly files: readonly DataFile[];
  /** Whether files may belong to both versions, since they have the same columns and partitions. */
  readonly canShare: boolean;
  /** The column that one of the new version was; undefined for one that is new. */
  columnOf(column: Column): Column | undefined;
  /** What reads these files, with the columns of the new version. */
  scan(files: readonly DataFile[]): Promise<string>;
}

export function earlierRows(
  current: TableVersion,
  { schema, config }: ManifestNode,
  partitionBy: readonly string[],
  { lake }: Pick<RunContext, 'lake'>,
): EarlierRows {
  const renames = declaredRenames(config);
  const [before, now] = [current.schema.columns, schema.columns];
  const earlier = earlierColumns(before, now, renames);
  const canShare =
    shapeOf(current.schema) === shapeOf(schema) &&
    JSON.stringify(current.partitionBy) === JSON.stringify(partitionBy);
  return {
    files: current.files,
    canShare,
    columnOf: (column) => earlier.get(column),
    async scan(files) {
      const rows = await lake.scan(files);
      return canShare ? rows : `(select ${carriedColumns(before, now, renames)} from ${rows})`;
    },
  };
}

function shapeOf({ columns }: TableSchema): string {
  return JSON.stringify(
    columns.map(({ name, type, fieldId, nestedIds }) => [name, type, fieldId, nestedIds]),
  );
}

/** A table as the query that adds to it sees it: with its own columns, whatever they were called before. */
export async function selfSql(
  current: TableVersion,
  { schema, config }: ManifestNode,
  { lake }: Pick<RunContext, 'lake'>,
): Promise<string> {
  const columns = carriedColumns(current.schema.columns, schema.columns, declaredRenames(config));
  return `select ${columns} from (${await lake.relationSql(current)})`;
}

/** Whether the columns of a table have other names or types than those of a version. */
export function hasOtherColumns(current: TableVersion, { schema }: ManifestNode): boolean {
  const text = ({ columns }: TableSchema) => JSON.stringify(columns.map(({ name, type }) => [name, type]));
  return text(current.schema) !== text(schema);
}
