import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { LakeSnapshot } from '../ir/commit.js';
import type { RunLake } from '../ports/run-lake.js';
import { mapConcurrently } from '../util/map-concurrently.js';
import type { Lake } from './lake.js';
import { tableVersionKey } from './lake-keys.js';
import { removeOrphans } from './orphans.js';
import { fileScan, relationSql } from './relation-sql.js';
import { beginRun, endRun } from './run-journal.js';
import { removeVersionFiles, writeVersion } from './write-version.js';

export interface RunLakeOptions {
  readonly lake: Lake;
  /** What the run was planned on. */
  readonly base: LakeSnapshot;
  readonly runId: string;
  readonly operation: string;
  /** For this run's files on their way to a remote lake. */
  readonly tempDir: string;
  readonly now: () => Date;
  /** Stops uploads. */
  readonly signal?: AbortSignal;
}

/**
 * The lake as one run uses it. Before its first file it removes what dead runs left, and notes that it is at work;
 * `abandon`, which every run calls last, takes the note back.
 */
export function openRunLake(options: RunLakeOptions): RunLake {
  const { lake, base, runId, operation, tempDir, now, signal } = options;
  const { storage } = lake;
  let begun: Promise<void> | undefined;
  let uncertain = false;
  async function begin(): Promise<void> {
    await removeOrphans(lake, now());
    const startedAt = now().toISOString();
    await beginRun(storage, { runId, operation, startedAt, baseCommit: base.commit });
  }
  return {
    async write(request) {
      begun ??= begin();
      await begun;
      return writeVersion({ ...request, runId, storage, tempDir, ...(signal && { signal }) });
    },
    version: (table, id) => lake.fresh().findVersion(table, id),
    relationSql: (version) => relationSql(version, storage),
    scan: (files) => fileScan(files, storage),
    async commit(changes, reads) {
      try {
        return await lake.commit({ base, runId, operation, changes, reads, now });
      } catch (thrown) {
        uncertain = isUncertain(thrown);
        throw thrown;
      }
    },
    async abandon(versions) {
      // The log may name them after all: what cleans up after dead runs will look there first.
      if (uncertain) return;
      await mapConcurrently(versions, 8, async ({ table, versionId }) => {
        await removeVersionFiles(storage, table, versionId);
        await storage.delete([tableVersionKey(table, versionId)]);
      });
      if (begun) await endRun(storage, runId);
    },
  };
}

function isUncertain(thrown: unknown): boolean {
  return thrown instanceof DiagnosticError && thrown.diagnostics.some((d) => d.code === 'lake/uncertain');
}
