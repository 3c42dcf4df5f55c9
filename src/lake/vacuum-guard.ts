import { errorDiagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { Storage } from '../ports/storage.js';
import { type HostProcess, isDeadProcess, thisProcess } from '../util/host-process.js';
import { lakeJson, readLakeJson } from './lake-json.js';
import { vacuumKey } from './lake-keys.js';
import { beginRun, endRun, openRuns } from './run-journal.js';

// Of a process on another machine only the time says that it must have died.
const longestMs = 3_600_000;
const rollbackOperation = 'rollback';

interface VacuumNote {
  readonly format: 1;
  readonly runId: string;
  readonly startedAt: string;
  readonly process: HostProcess;
}

interface Guarded {
  readonly runId: string;
  readonly now: () => Date;
}

/**
 * Runs what deletes files that only old commits name, never together with what commits them again. Each of the two
 * first says that it is there and then looks for the other, so that at least one of them sees the other.
 */
export async function withVacuumNote<T>(
  storage: Storage,
  { runId, now }: Guarded,
  action: () => Promise<T>,
): Promise<T> {
  const note: VacuumNote = { format: 1, runId, startedAt: now().toISOString(), process: thisProcess() };
  await storage.write(vacuumKey, lakeJson(note));
  try {
    const runs = (await openRuns(storage)).filter((run) => run.operation.startsWith(rollbackOperation));
    if (runs.some((run) => isAtWork(run, now()))) throw atWork('A rollback');
    return await action();
  } finally {
    await storage.delete([vacuumKey]);
  }
}

/** The other side: runs what commits versions again that a vacuum may be about to delete. */
export async function withRollbackNote<T>(
  storage: Storage,
  { runId, now }: Guarded,
  baseCommit: number,
  action: () => Promise<T>,
): Promise<T> {
  await beginRun(storage, {
    runId,
    operation: rollbackOperation,
    startedAt: now().toISOString(),
    baseCommit,
  });
  try {
    const note = await readLakeJson<VacuumNote>(storage, vacuumKey, ['startedAt', 'process']);
    if (note && isAtWork(note, now())) throw atWork('A vacuum');
    return await action();
  } finally {
    await endRun(storage, runId);
  }
}

function isAtWork(other: { readonly startedAt: string; readonly process: HostProcess }, now: Date): boolean {
  return now.getTime() - new Date(other.startedAt).getTime() < longestMs && !isDeadProcess(other.process);
}

function atWork(what: string): DiagnosticError {
  const hint = 'try again when it is done';
  return new DiagnosticError([
    errorDiagnostic('lake/conflict', `${what} of this lake is under way.`, { hint }),
  ]);
}
