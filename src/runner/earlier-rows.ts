import { declaredRenames } from '../ir/declared-renames.js';
import type { ManifestNode } from '../ir/manifest.js';
import type { DataFile, TableVersion } from '../ir/table-version.js';
import { carriedColumns, earlierColumns } from '../schema/carried-columns.js';
import { sameColumns } from '../schema/same-columns.js';
import type { Column } from '../schema/table-schema.js';
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
    sameColumns(schema, current.schema) &&
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

/** A table as the query that adds to it sees it: with its own columns, whatever they were called before. */
export async function selfSql(
  current: TableVersion,
  { schema, config }: ManifestNode,
  { lake }: Pick<RunContext, 'lake'>,
): Promise<string> {
  const columns = carriedColumns(current.schema.columns, schema.columns, declaredRenames(config));
  return `select ${columns} from (${await lake.relationSql(current)})`;
}
