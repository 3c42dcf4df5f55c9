import type { TableVersion } from '../ir/table-version.js';
import { type LakeCommit, lakeHistory, type TableChange, tableHistory } from '../lake/history.js';
import { describeChange } from '../pins/describe-change.js';
import { diffSchema } from '../schema/diff-schema.js';
import { noTable } from './absent-from-lake.js';
import type { ProjectOptions } from './options.js';
import { withWorkspace } from './with-workspace.js';

export interface HistoryOptions extends ProjectOptions {
  /** Commits at most, newest first. */
  readonly limit: number;
}

/** The last commits of the lake. Throws `DiagnosticError`. */
export function commits(options: HistoryOptions): Promise<readonly LakeCommit[]> {
  return withWorkspace(options, async (workspace) => lakeHistory(await workspace.lake(), options.limit));
}

/** One commit that changed a table, and what it did to its columns. */
export interface TableHistoryEntry extends TableChange {
  /** Compared with the version before, one sentence each; undefined where that is not there. */
  readonly schemaChanges?: readonly string[];
}

/** The last commits that changed a table. Throws `DiagnosticError`, `lake/no-table` where none did. */
export function history(
  options: HistoryOptions & { readonly table: string },
): Promise<readonly TableHistoryEntry[]> {
  return withWorkspace(options, async (workspace) => {
    const lake = await workspace.lake();
    const { table, limit } = options;
    const changes = await tableHistory(lake, table, limit + 1);
    const versions = await Promise.all(
      changes.map(({ versionId }) => (versionId === null ? undefined : lake.findVersion(table, versionId))),
    );
    if (changes.length > 0) {
      return changes
        .slice(0, limit)
        .map((change, i) => withSchemaChanges(change, versions[i + 1], versions[i]));
    }
    const { tables } = await lake.snapshot();
    throw noTable(workspace, tables, table, `The lake has no table ${table}, and never had.`);
  });
}

function withSchemaChanges(
  change: TableChange,
  before: TableVersion | undefined,
  after: TableVersion | undefined,
): TableHistoryEntry {
  if (!before || !after) return change;
  const shape = ({ schema, partitionBy }: TableVersion) => ({ columns: schema.columns, partitionBy });
  const found = diffSchema(shape(before), shape(after));
  return { ...change, schemaChanges: found.map((each) => describeChange(after.table, each)) };
}
