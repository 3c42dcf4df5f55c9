import type { StoredObject } from '../ports/storage.js';
import { isDeadProcess } from '../util/host-process.js';
import type { Lake } from './lake.js';
import { dataPrefix, tablesPrefix, tempPrefix } from './lake-keys.js';
import { endRun, openRuns, type RunJournal } from './run-journal.js';

// A request that a process sent before it died may still take effect at a remote storage.
const remoteGraceMs = 60_000;
const tempAgeMs = 24 * 3_600_000;

/**
 * Deletes the files of runs that died on this machine and that no commit names; a run that may still be alive is
 * never touched. Returns the deleted keys. Costs one list when no run died.
 */
export async function removeOrphans(lake: Lake, now: Date): Promise<readonly string[]> {
  const { storage } = lake;
  const dead = (await openRuns(storage)).filter((run) => isDeadProcess(run.process));
  if (dead.length === 0) return [];
  const written = await filesOf(lake, dead);
  const settled = dead.filter(
    (run) => storage.localRoot !== undefined || ageMs(written.get(run)!, now) > remoteGraceMs,
  );
  const named = await committedSince(lake, Math.min(...settled.map((run) => run.baseCommit)));
  const removed: string[] = [];
  for (const run of settled) {
    const orphans = written.get(run)!.filter(({ versionId }) => !named.has(versionId));
    const versions = new Set(orphans.map((file) => `${tablesPrefix}${file.folder}/${file.versionId}.json`));
    const keys = [...orphans.map((file) => file.object.key), ...versions];
    await storage.delete(keys);
    await endRun(storage, run.runId);
    removed.push(...keys);
  }
  return [...removed, ...(await removeOldTemporaries(lake, now))];
}

interface WrittenFile {
  readonly object: StoredObject;
  /** Of the table, inside `_etl/data/`. */
  readonly folder: string;
  readonly versionId: string;
}

async function filesOf(lake: Lake, runs: readonly RunJournal[]): Promise<Map<RunJournal, WrittenFile[]>> {
  const files = new Map<RunJournal, WrittenFile[]>(runs.map((run) => [run, []]));
  for await (const object of lake.storage.list(dataPrefix)) {
    const name = object.key.slice(object.key.lastIndexOf('/') + 1);
    for (const run of runs) {
      const end = name.indexOf(`-${run.runId}-`);
      if (end < 0) continue;
      const folder = object.key.slice(dataPrefix.length, object.key.indexOf('/', dataPrefix.length));
      files.get(run)!.push({ object, folder, versionId: name.slice(0, end) });
    }
  }
  return files;
}

/** Version ids that commits behind a number name. Read after the files were listed: what is named later, was. */
async function committedSince(lake: Lake, baseCommit: number): Promise<ReadonlySet<string | null>> {
  const commits = Number.isFinite(baseCommit) ? await lake.log.readFrom(baseCommit + 1) : [];
  return new Set(commits.flatMap((commit) => Object.values(commit.changes)));
}

async function removeOldTemporaries(lake: Lake, now: Date): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const object of lake.storage.list(tempPrefix)) {
    if (now.getTime() - object.modifiedAt.getTime() > tempAgeMs) keys.push(object.key);
  }
  await lake.storage.delete(keys);
  return keys;
}

function ageMs(files: readonly WrittenFile[], now: Date): number {
  return now.getTime() - Math.max(0, ...files.map(({ object }) => object.modifiedAt.getTime()));
}
