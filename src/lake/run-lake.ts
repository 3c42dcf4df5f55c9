import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { LakeSnapshot } from '../ir/commit.js';
import type { RunLake } from '../ports/run-lake.js';
import { mapConcurrently } from '../util/map-concurrently.js';
import type { Lake } from './lake.js';
import { tableVersionKey } from './lake-keys.js';
import { relationSql } from './relation-sql.js';
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
}

/** The lake as one run uses it. */
export function openRunLake({ lake, base, runId, operation, tempDir, now }: RunLakeOptions): RunLake {
  const { storage } = lake;
  let uncertain = false;
  return {
    write: (request) => writeVersion({ ...request, storage, tempDir }),
    relationSql: (version) => relationSql(version, storage),
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
    },
  };
}

function isUncertain(thrown: unknown): boolean {
  return thrown instanceof DiagnosticError && thrown.diagnostics.some((d) => d.code === 'lake/uncertain');
}
