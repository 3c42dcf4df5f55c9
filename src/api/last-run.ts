import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { SelectResolvers } from '../graph/select.js';
import type { RunResult } from '../ir/run-result.js';
import type { Interval } from '../ir/table-version.js';
import { namingFile } from '../util/naming-file.js';
import { own } from '../util/own.js';
import type { ProjectPaths } from './project-paths.js';

/** A run's results, and what was asked for. */
export interface LastRun extends RunResult {
  /** `build`, `land`, `test`, `backfill` or `watch`. */
  readonly operation?: string;
  readonly fullRefresh?: boolean | undefined;
  /** Only of a backfill. */
  readonly backfill?: UnfinishedBackfill;
}

/** What one commit of a backfill makes: a stretch of time of one model, or models as a build makes them. */
export interface BackfillStep {
  readonly models: readonly string[];
  readonly interval?: Interval;
}

/** What a backfill did not build. */
export interface UnfinishedBackfill {
  /** Also intervals that were built from the same inputs already. */
  readonly again: boolean;
  readonly steps: readonly BackfillStep[];
}

/** Keeps a run's results for `result:` selectors, `etl retry` and other tools, where `.etl` can be written. */
export async function saveLastRun(paths: ProjectPaths, run: LastRun): Promise<void> {
  if (paths.isReadOnly) return;
  await writeWhole(paths.lastRun, `${JSON.stringify({ format: 1, ...run })}\n`);
}

export async function readLastRun(paths: ProjectPaths): Promise<LastRun | undefined> {
  try {
    const { format, ...run } = JSON.parse(await readFile(paths.lastRun, 'utf8'));
    return format === 1 ? (run as LastRun) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What `result:error` and its like choose: nodes of the last run by what became of them or of their tests. A test
 * that stands on no node counts for those that it reads, which `readsOf` knows.
 */
export function resultResolver(
  last: RunResult | undefined,
  readsOf: (test: string) => readonly string[],
): SelectResolvers {
  if (!last) return {};
  const nodeStatuses: Readonly<Record<string, readonly string[]>> = {
    error: ['failed'],
    success: ['success'],
    skipped: ['skipped'],
    reused: ['reused'],
  };
  const testStatuses: Readonly<Record<string, readonly string[]>> = {
    fail: ['fail', 'error'],
    warn: ['warn'],
    pass: ['pass', 'reused'],
  };
  return {
    result: {
      values: [...Object.keys(nodeStatuses), ...Object.keys(testStatuses)],
      resolve(value) {
        const nodes = last.nodes.filter((node) => own(nodeStatuses, value)?.includes(node.status));
        const tests = last.tests.filter((test) => own(testStatuses, value)?.includes(test.status));
        return new Set([
          ...nodes.map((node) => node.name),
          ...tests.flatMap((test) => test.node ?? readsOf(test.name)),
        ]);
      },
    },
  };
}

/** Writes a file so that a reader sees all of it or nothing. */
export async function writeWhole(path: string, text: string | Iterable<Uint8Array>): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temp = `${path}.${randomUUID()}.tmp`;
  try {
    await namingFile(path, writeFile(temp, text));
    await rename(temp, path);
  } finally {
    await rm(temp, { force: true });
  }
}
