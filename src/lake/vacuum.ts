import type { StoredObject } from '../ports/storage.js';
import { isDeadProcess } from '../util/host-process.js';
import { KeptFiles } from './kept-files.js';
import type { Lake } from './lake.js';
import { dataPrefix, runPrefix, tablesPrefix, tempPrefix } from './lake-keys.js';
import { openRuns } from './run-journal.js';
import { withVacuumNote } from './vacuum-guard.js';

export interface VacuumRequest {
  /** How long what a commit replaced stays, for readers that are still at it and for rollbacks. */
  readonly graceMs: number;
  /** Only say what would go. */
  readonly dryRun: boolean;
  readonly runId: string;
  readonly now: () => Date;
}

export interface Vacuumed {
  /** What went, or would go. */
  readonly objects: readonly StoredObject[];
  readonly sizeBytes: number;
  /** Uploads that were begun and never completed. */
  readonly abortedUploadCount: number;
}

const deletesAtOnce = 1000;
const longestRunMs = 24 * 3_600_000;

/**
 * Deletes the versions that no commit of the grace period names, and what dead runs left before it. The log itself
 * stays whole. Reads the log again before each bunch of deletes, so that a commit made meanwhile keeps its files.
 */
export async function vacuum(lake: Lake, request: VacuumRequest): Promise<Vacuumed> {
  const kept = new KeptFiles(lake, new Date(request.now().getTime() - request.graceMs));
  if (request.dryRun) return summary(await garbage(lake, kept, request), 0);
  return withVacuumNote(lake.storage, request, async () => {
    // Descriptions go first: a version without one is known to be gone before its data is.
    const objects = (await garbage(lake, kept, request)).sort((a, b) => rank(a) - rank(b));
    const removed: StoredObject[] = [];
    for (let i = 0; i < objects.length; i += deletesAtOnce) {
      await kept.refresh();
      const bunch = objects.slice(i, i + deletesAtOnce).filter(({ key }) => !kept.has(key));
      await lake.storage.delete(bunch.map(({ key }) => key));
      removed.push(...bunch);
    }
    const before = new Date(request.now().getTime() - Math.max(request.graceMs, longestRunMs));
    return summary(removed, (await lake.storage.abortStaleUploads?.(before)) ?? 0);
  });
}

async function garbage(lake: Lake, kept: KeptFiles, request: VacuumRequest): Promise<StoredObject[]> {
  const listed: StoredObject[] = [];
  for (const prefix of [dataPrefix, tablesPrefix, runPrefix, tempPrefix]) {
    for await (const object of lake.storage.list(prefix)) listed.push(object);
  }
  // Read after the list: what was committed in between is kept.
  await kept.refresh();
  const before = await oldestOfLivingRuns(lake, request);
  return listed.filter(({ key, modifiedAt }) => !kept.has(key) && modifiedAt < before);
}

/** Nothing that a run may just be writing is garbage, however short the grace period is. */
async function oldestOfLivingRuns(lake: Lake, { graceMs, now }: VacuumRequest): Promise<Date> {
  const living = (await openRuns(lake.storage)).filter((run) => !isDeadProcess(run.process));
  const starts = living
    .map((run) => new Date(run.startedAt).getTime())
    .filter((start) => now().getTime() - start < longestRunMs);
  return new Date(Math.min(now().getTime() - graceMs, ...starts));
}

function rank({ key }: StoredObject): number {
  return key.startsWith(tablesPrefix) ? 0 : 1;
}

function summary(objects: readonly StoredObject[], abortedUploadCount: number): Vacuumed {
  return {
    objects,
    sizeBytes: objects.reduce((sum, object) => sum + object.sizeBytes, 0),
    abortedUploadCount,
  };
}
