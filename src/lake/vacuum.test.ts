import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOfTest } from '../../test/support/temporary-folder.js';
import type { TableVersion } from '../ir/table-version.js';
import type { Storage } from '../ports/storage.js';
import { openLocalStorage } from '../storage/local.js';
import { thisProcess } from '../util/host-process.js';
import { tableHistory } from './history.js';
import { Lake } from './lake.js';
import { emptyVersion } from './lake-fixtures.js';
import { lakeJson } from './lake-json.js';
import { runKey, vacuumKey } from './lake-keys.js';
import { rollback } from './rollback.js';
import { vacuum } from './vacuum.js';

const day = 86_400_000;
const start = Date.parse('2024-01-01T00:00:00Z');

/** A lake whose table `a` is committed once a day, with one file a version that all later ones keep. */
async function fixture(days = 10) {
  const dir = await folderOfTest('lake');
  const storage = openLocalStorage(dir);
  const lake = new Lake(storage);
  const at = { ms: start };
  const now = () => new Date(at.ms);
  async function file(key: string): Promise<void> {
    await storage.write(key, Buffer.from('parquet'));
    await utimes(join(dir, key), now(), now());
  }
  async function commit(table: string, id: string, fields: Partial<TableVersion> = {}): Promise<number> {
    const path = `_etl/data/${table}/${id}-run-0.parquet`;
    await file(path);
    const files = [{ path, rowCount: 1, sizeBytes: 7, partition: {} }, ...(fields.files ?? [])];
    const version = emptyVersion(table, id, {
      rowCount: files.length,
      sizeBytes: 7 * files.length,
      ...fields,
      files,
    });
    const changes = new Map([[table, version]]);
    const request = { operation: 'build', changes, reads: new Map(), now };
    const number = await lake.commit({ ...request, base: await lake.snapshot(), runId: `run-${id}` });
    await utimes(join(dir, `_etl/tables/${table}/${id}.json`), now(), now());
    return number;
  }
  await commit('still', 's1');
  for (let i = 1; i <= days; i++) {
    at.ms = start + i * day;
    await commit('a', `v${String(i).padStart(2, '0')}`);
  }
  const keys = async (prefix: string) => keysOf(storage, prefix);
  return { dir, storage, lake, at, now, file, commit, keys };
}

async function keysOf(storage: Storage, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of storage.list(prefix)) keys.push(key);
  return keys;
}

test('keeps what the lake showed within the grace period, and all that tables still use', async () => {
  const { lake, storage, now, keys } = await fixture();
  const request = { graceMs: 3.5 * day, runId: 'vacuum', now };
  const planned = await vacuum(lake, { ...request, dryRun: true });
  expect(planned.objects.map(({ key }) => key).sort()).toEqual(
    [1, 2, 3, 4, 5].flatMap((i) => [`_etl/data/a/v0${i}-run-0.parquet`, `_etl/tables/a/v0${i}.json`]).sort(),
  );
  expect(await keys('_etl/data/a/')).toHaveLength(10);
  const done = await vacuum(lake, { ...request, dryRun: false });
  expect(done.objects).toHaveLength(10);
  expect(done.sizeBytes).toBe(planned.sizeBytes);
  expect(await keys('_etl/data/')).toEqual([
    ...['06', '07', '08', '09', '10'].map((i) => `_etl/data/a/v${i}-run-0.parquet`),
    '_etl/data/still/s1-run-0.parquet',
  ]);
  expect(await keys('_etl/vacuum.json')).toEqual([]);
  const reader = new Lake(storage);
  expect((await reader.snapshot()).tables.get('still')?.id).toBe('s1');
  expect((await reader.snapshot(7)).tables.get('a')?.id).toBe('v06');
  await expect(reader.snapshot(6)).rejects.toMatchObject({
    diagnostics: [
      { code: 'lake/no-commit', message: 'Commit 6 cannot be read any more: its data of a was vacuumed.' },
    ],
  });
  expect((await vacuum(lake, { ...request, dryRun: false })).objects).toEqual([]);
});

test('a file that a later version still has is kept', async () => {
  const { lake, at, now, commit, keys } = await fixture(1);
  const path = '_etl/data/a/v01-run-0.parquet';
  at.ms += 30 * day;
  await commit('a', 'v02', { files: [{ path, rowCount: 1, sizeBytes: 7, partition: {} }] });
  at.ms += 30 * day;
  await vacuum(lake, { graceMs: day, dryRun: false, runId: 'vacuum', now });
  expect(await keys('_etl/')).toContain(path);
  expect(await keys('_etl/tables/a/')).toEqual(['_etl/tables/a/v02.json']);
});

test('finds every orphan, but touches nothing that a living run may be writing', async () => {
  const { lake, storage, at, now, file, keys } = await fixture(1);
  await file('_etl/data/b/o1-dead-0.parquet');
  await file('_etl/tables/b/o1.json');
  await file('_etl/tmp/123');
  at.ms += 40 * day;
  await file('_etl/data/b/n1-living-0.parquet');
  const journal = {
    format: 1,
    runId: 'living',
    operation: 'build',
    startedAt: now().toISOString(),
    baseCommit: 2,
  } as const;
  await storage.write(runKey('living'), lakeJson({ ...journal, process: thisProcess() }));
  at.ms += 3_600_000;
  const { objects } = await vacuum(lake, { graceMs: 0, dryRun: false, runId: 'vacuum', now });
  expect(objects.map(({ key }) => key)).toEqual([
    '_etl/tables/b/o1.json',
    '_etl/data/b/o1-dead-0.parquet',
    '_etl/tmp/123',
  ]);
  expect(await keys('_etl/data/b/')).toEqual(['_etl/data/b/n1-living-0.parquet']);
});

test('a commit made while vacuum works keeps its files', async () => {
  const { lake, storage, now, keys } = await fixture(3);
  const old = (await lake.snapshot(2)).tables.get('a')!;
  let raced = false;
  const racing = new Proxy(storage, {
    get: (target, name) => {
      if (name === 'list') {
        return async function* (prefix: string, after?: string) {
          yield* target.list(prefix, after);
          if (prefix !== '_etl/data/' || raced) return;
          raced = true;
          const other = new Lake(storage);
          const request = { operation: 'restore', reads: new Map(), now, runId: 'r' };
          await other.commit({ ...request, base: await other.snapshot(), changes: new Map([['a', old]]) });
        };
      }
      const value = target[name as keyof Storage];
      return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
    },
  });
  await vacuum(new Lake(racing), { graceMs: 0, dryRun: false, runId: 'vacuum', now });
  expect(await keys('_etl/data/a/')).toContain('_etl/data/a/v01-run-0.parquet');
  expect((await lake.fresh().snapshot()).tables.get('a')?.id).toBe('v01');
});

test('rollback commits an old state, of all tables or of some', async () => {
  const { lake, now, commit } = await fixture(3);
  await commit('b', 'b1');
  expect(await rollback(lake, { to: 3, runId: 'r1', now })).toEqual({
    commit: 6,
    changes: new Map([
      ['a', 'v02'],
      ['b', null],
    ]),
  });
  const ids = async () =>
    Object.fromEntries([...(await lake.snapshot()).tables].map(([t, { id }]) => [t, id]));
  expect(await ids()).toEqual({ a: 'v02', still: 's1' });
  expect(await rollback(lake, { to: 5, tables: ['b'], runId: 'r2', now })).toMatchObject({ commit: 7 });
  expect(await ids()).toEqual({ a: 'v02', b: 'b1', still: 's1' });
  expect(await rollback(lake, { to: 7, runId: 'r3', now })).toEqual({ changes: new Map() });
  await expect(rollback(lake, { to: 3, tables: ['stil'], runId: 'r4', now })).rejects.toMatchObject({
    diagnostics: [{ code: 'lake/no-table', hint: 'did you mean "still"?' }],
  });
  await expect(rollback(lake, { to: 99, runId: 'r5', now })).rejects.toMatchObject({
    diagnostics: [{ code: 'lake/no-commit' }],
  });
  expect(
    (await tableHistory(lake, 'a')).map((c) => [c.commit, c.versionId, c.operation, c.rowCount]),
  ).toEqual([
    [6, 'v02', 'rollback to 3', 1],
    [4, 'v03', 'build', 1],
    [3, 'v02', 'build', 1],
    [2, 'v01', 'build', 1],
  ]);
  expect((await tableHistory(lake, 'b', 1)).map((c) => [c.commit, c.versionId])).toEqual([[7, 'b1']]);
});

test('what was vacuumed cannot come back, also where copies of it are on this disk', async () => {
  const { lake, at, now } = await fixture(3);
  await lake.snapshot(2);
  at.ms += 1;
  await vacuum(lake, { graceMs: 0, dryRun: false, runId: 'vacuum', now });
  await expect(rollback(lake, { to: 2, runId: 'r1', now })).rejects.toMatchObject({
    diagnostics: [{ code: 'lake/no-commit' }],
  });
  expect((await tableHistory(lake.fresh(), 'a')).map((c) => [c.commit, c.rowCount])).toEqual([
    [4, 1],
    [3, undefined],
    [2, undefined],
  ]);
});

test('rollback and vacuum keep out of each other’s way', async () => {
  const { lake, storage, now, keys } = await fixture(2);
  const note = { format: 1, startedAt: now().toISOString(), process: thisProcess(), baseCommit: 1 } as const;
  await storage.write(vacuumKey, lakeJson({ ...note, runId: 'v' }));
  await expect(rollback(lake, { to: 2, runId: 'r1', now })).rejects.toThrow(
    'A vacuum of this lake is under way.',
  );
  await storage.delete([vacuumKey]);
  await storage.write(runKey('r2'), lakeJson({ ...note, runId: 'r2', operation: 'rollback' }));
  const request = { graceMs: 0, dryRun: false, runId: 'v2', now };
  await expect(vacuum(lake, request)).rejects.toThrow('A rollback of this lake is under way.');
  expect(await keys('_etl/data/a/')).toHaveLength(2);
});
