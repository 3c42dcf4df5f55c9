import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RunResult } from '../ir/run-result.js';
import { namingFile } from '../util/naming-file.js';
import { writeWhole } from './last-run.js';
import type { ProjectPaths } from './project-paths.js';

/** One run in short. */
export interface LoggedRun {
  readonly runId: string;
  /** `build`, `land`, `test`, `watch`, or what else made a commit. */
  readonly operation: string;
  readonly target: string;
  /** Undefined for a run of which only the commit is known: it took place elsewhere. */
  readonly status?: RunResult['status'];
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly durationMs?: number;
  readonly commit?: number;
  /** Nodes that were landed, seeded or built anew. */
  readonly madeCount?: number;
  readonly reusedCount?: number;
  /** Names of the nodes and tests that failed. */
  readonly failed?: readonly string[];
}

const keptRuns = 200;

const pathOf = (paths: ProjectPaths) => join(paths.state, 'runs.ndjson');

/** Notes a run of this project on this machine. */
export async function logRun(paths: ProjectPaths, operation: string, result: RunResult): Promise<void> {
  const { runId, target, status, startedAt, durationMs, commit, nodes, tests } = result;
  const run: LoggedRun = {
    runId,
    operation,
    target,
    status,
    startedAt,
    durationMs: Math.round(durationMs),
    ...(commit !== undefined && { commit }),
    madeCount: nodes.filter((node) => node.status === 'success').length,
    reusedCount: nodes.filter((node) => node.status === 'reused').length,
    failed: [
      ...nodes.filter((node) => node.status === 'failed'),
      ...tests.filter((test) => test.status === 'fail' || test.status === 'error'),
    ].map(({ name }) => name),
  };
  await mkdir(dirname(pathOf(paths)), { recursive: true });
  await namingFile(pathOf(paths), appendFile(pathOf(paths), `${JSON.stringify(run)}\n`));
}

/** The runs that were noted here, oldest first. */
export async function readRunLog(paths: ProjectPaths): Promise<readonly LoggedRun[]> {
  const text = await readFile(pathOf(paths), 'utf8').catch(() => '');
  const lines = text.split('\n').filter(Boolean);
  if (lines.length > 2 * keptRuns && !paths.isReadOnly)
    await writeWhole(pathOf(paths), `${lines.slice(-keptRuns).join('\n')}\n`);
  return lines.flatMap((line) => {
    try {
      const run = JSON.parse(line) as LoggedRun | null;
      return run?.runId ? [run] : [];
    } catch {
      // Cut off when the machine went down.
      return [];
    }
  });
}
