import type { Commit } from '../ir/commit.js';
import { own } from '../util/own.js';
import type { Lake } from './lake.js';

/** One commit that changed a table. */
export interface TableChange {
  readonly commit: number;
  readonly runId: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly operation: string;
  /** Null where the table was dropped. */
  readonly versionId: string | null;
  /** Undefined where the version's description is gone: it was vacuumed. */
  readonly rowCount?: number;
  readonly sizeBytes?: number;
  readonly fileCount?: number;
}

/** The last commits that changed a table, newest first. Default of `limit`: all. */
export async function tableHistory(
  lake: Lake,
  table: string,
  limit = Number.POSITIVE_INFINITY,
): Promise<readonly TableChange[]> {
  const changes: TableChange[] = [];
  for await (const commit of lake.log.backward()) {
    if (!Object.hasOwn(commit.changes, table)) continue;
    changes.push(await describeChange(lake, table, commit));
    if (changes.length >= limit) break;
  }
  return changes;
}

/** One commit of the lake. */
export interface LakeCommit {
  readonly commit: number;
  readonly runId: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly operation: string;
  readonly changedTables: readonly string[];
  readonly droppedTables: readonly string[];
}

/** The last commits of a lake, newest first. */
export async function lakeHistory(lake: Lake, limit: number): Promise<readonly LakeCommit[]> {
  const found: LakeCommit[] = [];
  for await (const { number, runId, createdAt, operation, changes } of lake.log.backward()) {
    if (found.length >= limit) break;
    const tables = Object.keys(changes);
    const changedTables = tables.filter((table) => own(changes, table) !== null);
    const droppedTables = tables.filter((table) => own(changes, table) === null);
    found.push({ commit: number, runId, createdAt, operation, changedTables, droppedTables });
  }
  return found;
}

async function describeChange(lake: Lake, table: string, commit: Commit): Promise<TableChange> {
  const { number, runId, createdAt, operation, changes } = commit;
  const versionId = own(changes, table) ?? null;
  const change = { commit: number, runId, createdAt, operation, versionId };
  const version = versionId === null ? undefined : await lake.findVersion(table, versionId);
  if (!version) return change;
  const { rowCount, sizeBytes, files } = version;
  return { ...change, rowCount, sizeBytes, fileCount: files.length };
}
