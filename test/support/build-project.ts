import { expect } from 'vitest';
import { type BackfillOptions, backfill } from '../../src/api/backfill.js';
import { build } from '../../src/api/build.js';
import type { RunOptions } from '../../src/api/options.js';
import type { RunResult } from '../../src/ir/run-result.js';

/** Builds a project in this process, without checking the types of its TypeScript. */
export function buildProject(projectDir: string, options: Partial<RunOptions> = {}): Promise<RunResult> {
  return build({ projectDir, typeCheck: false, env: {}, ...options });
}

/** Backfills a model in this process in the same way. */
export function backfillProject(
  projectDir: string,
  range: Pick<BackfillOptions, 'model' | 'from' | 'to' | 'again'>,
): Promise<RunResult> {
  return backfill({ projectDir, typeCheck: false, env: {}, ...range });
}

/** Builds a project, which must go well. */
export async function buildWell(projectDir: string, options: Partial<RunOptions> = {}): Promise<RunResult> {
  const result = await buildProject(projectDir, options);
  expect([...result.diagnostics, ...result.nodes.flatMap((node) => node.diagnostics)]).toEqual([]);
  expect(result.status).toBe('success');
  return result;
}

/** Builds a project for which rows came late: of them, and of nothing else, is to be warned. */
export async function buildLate(projectDir: string): Promise<RunResult> {
  const result = await buildProject(projectDir);
  const said = result.nodes.flatMap((node) => node.diagnostics.map(({ code }) => code));
  expect([...new Set(said)]).toEqual(['run/late-rows']);
  expect(result.status).toBe('success');
  return result;
}

/** Builds a project and stops it after so many events. */
export async function buildStopped(projectDir: string, afterEvents: number): Promise<void> {
  const controller = new AbortController();
  let left = afterEvents;
  const onEvent = () => {
    if (left-- === 0) controller.abort();
  };
  await buildProject(projectDir, { signal: controller.signal, onEvent });
}
