import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { Storage } from '../ports/storage.js';
import { type HostProcess, thisProcess } from '../util/host-process.js';
import { lakeJson, readLakeJson } from './lake-json.js';
import { runKey, runPrefix } from './lake-keys.js';

/** Says that a run writes files that no commit names yet. */
export interface RunJournal {
  readonly format: 1;
  readonly runId: string;
  readonly operation: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** The commit that the lake was at. */
  readonly baseCommit: number;
  readonly process: HostProcess;
}

/** Notes that a run begins to write. */
export async function beginRun(storage: Storage, run: Omit<RunJournal, 'format' | 'process'>): Promise<void> {
  const journal: RunJournal = { format: 1, ...run, process: thisProcess() };
  await storage.write(runKey(run.runId), lakeJson(journal));
}

/** Notes that a run left nothing behind that no commit names. */
export async function endRun(storage: Storage, runId: string): Promise<void> {
  await storage.delete([runKey(runId)]);
}

/** Runs that began to write and did not end, dead or alive. */
export async function openRuns(storage: Storage): Promise<readonly RunJournal[]> {
  const runs: RunJournal[] = [];
  for await (const { key } of storage.list(runPrefix)) {
    const run = await readJournal(storage, key);
    if (run) runs.push(run);
  }
  return runs;
}

/** Undefined for what just ended or was cut off while it was written: then it had written nothing else. */
async function readJournal(storage: Storage, key: string): Promise<RunJournal | undefined> {
  try {
    return await readLakeJson<RunJournal>(storage, key, ['runId', 'baseCommit', 'process']);
  } catch (thrown) {
    if (thrown instanceof DiagnosticError) return undefined;
    throw thrown;
  }
}
