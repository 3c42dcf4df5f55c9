import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { SelectResolvers } from '../graph/select.js';
import type { RunResult } from '../ir/run-result.js';
import type { ProjectPaths } from './project-paths.js';

/** Keeps a run's results for `result:` selectors, `etl retry` and other tools. */
export async function saveLastRun(paths: ProjectPaths, result: RunResult): Promise<void> {
  await writeWhole(paths.lastRun, `${JSON.stringify({ format: 1, ...result })}\n`);
}

export async function readLastRun(paths: ProjectPaths): Promise<RunResult | undefined> {
  try {
    const { format, ...result } = JSON.parse(await readFile(paths.lastRun, 'utf8'));
    return format === 1 ? (result as RunResult) : undefined;
  } catch {
    return undefined;
  }
}

/** What `result:error` and its like choose: nodes of the last run by what became of them or of their tests. */
export function resultResolver(last: RunResult | undefined): SelectResolvers {
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
        const nodes = last.nodes.filter((node) => nodeStatuses[value]?.includes(node.status));
        const tests = last.tests.filter((test) => testStatuses[value]?.includes(test.status));
        return new Set([...nodes.map((node) => node.name), ...tests.flatMap((test) => test.node ?? [])]);
      },
    },
  };
}

/** Writes a file so that a reader sees all of it or nothing. */
export async function writeWhole(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temp = `${path}.${process.pid}.tmp`;
  await writeFile(temp, text);
  await rename(temp, path);
}
