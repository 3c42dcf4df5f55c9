import { expect, it } from 'vitest';
import { connectionOfFile } from '../../test/support/connection.js';
import type { ManifestTest } from '../ir/manifest.js';
import type { EngineConnection } from '../ports/engine.js';
import type { RunContext } from './run-context.js';
import { runTest } from './run-test.js';

const { connection } = await connectionOfFile();

/** The outcome of a test that finds `failing` rows. */
async function outcome(failing: number, settings: Partial<ManifestTest> = {}) {
  const test: ManifestTest = {
    name: 'rows',
    columns: [],
    path: 'tests/rows.sql',
    tags: [],
    kind: 'query',
    severity: 'error',
    warnIf: '> 0',
    errorIf: '> 0',
    sql: `select range as n from range(${failing})`,
    reads: [],
    logic: '',
    ...settings,
  };
  const context = {
    session: { ensure: async () => {} },
    connections: { use: (action: (c: EngineConnection) => unknown) => action(connection) },
  } as unknown as RunContext;
  const planned = { test, auditKey: 'key', gates: [], after: [], blocksDescendants: true };
  return runTest({ ...planned, passedBefore: false } as Parameters<typeof runTest>[0], context);
}

const status = async (...args: Parameters<typeof outcome>) => (await outcome(...args)).status;

it('fails on any row, unless told otherwise', async () => {
  expect(await status(0)).toBe('pass');
  const { status: one, failureCount, sample } = await outcome(7);
  expect({ one, failureCount }).toEqual({ one: 'fail', failureCount: 7 });
  expect(sample).toEqual([{ n: 0 }, { n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }]);
});

it('compares the number of failing rows with both thresholds', async () => {
  const thresholds = { warnIf: '> 2', errorIf: '> 4' };
  expect(await status(2, thresholds)).toBe('pass');
  expect(await status(3, thresholds)).toBe('warn');
  expect(await status(5, thresholds)).toBe('fail');
});

it('only looks at warn_if where the severity is warn', async () => {
  expect(await status(1, { severity: 'warn' })).toBe('warn');
  expect(await status(100, { severity: 'warn', warnIf: '> 100' })).toBe('pass');
  expect(await status(101, { severity: 'warn', warnIf: '> 100' })).toBe('warn');
});
