import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOfTest } from '../../test/support/temporary-folder.js';
import type { TableVersion } from '../ir/table-version.js';
import type { Storage } from '../ports/storage.js';
import { openLocalStorage } from '../storage/local.js';
import { type CommitRequest, Lake } from './lake.js';
import { emptyVersion, fixedNow } from './lake-fixtures.js';
import { commitKey, latestKey } from './lake-keys.js';

async function newLake(): Promise<{ lake: Lake; storage: Storage; dir: string }> {
  const dir = await folderOfTest('lake');
  const storage = openLocalStorage(dir);
  return { lake: new Lake(storage), storage, dir };
}

async function commit(
  lake: Lake,
  runId: string,
  changes: Record<string, TableVersion | null>,
  options: Partial<CommitRequest> = {},
): Promise<number> {
  return lake.commit({
    base: await lake.snapshot(),
    runId,
    operation: 'build',
    changes: new Map(Object.entries(changes)),
    reads: new Map(),
    now: fixedNow,
    ...options,
  });
}

const idsOf = async (lake: Lake, at?: number) =>
  Object.fromEntries([...(await lake.snapshot(at)).tables].map(([table, version]) => [table, version.id]));

test('an empty lake is commit 0 and touches no disk', async () => {
  const { lake, dir } = await newLake();
  expect(await lake.snapshot()).toEqual({ commit: 0, tables: new Map() });
  expect(await readdir(dir)).toEqual([]);
});

test('every commit is a state that can be read again', async () => {
  const { lake, storage } = await newLake();
  expect(
    await commit(lake, 'r1', { a: emptyVersion('a', 'a1'), 'shop.b': emptyVersion('shop.b', 'b1') }),
  ).toBe(1);
  expect(await commit(lake, 'r2', { a: emptyVersion('a', 'a2') })).toBe(2);
  expect(await commit(lake, 'r3', { 'shop.b': null })).toBe(3);
  for (const reader of [lake, new Lake(storage)]) {
    expect(await idsOf(reader)).toEqual({ a: 'a2' });
    expect(await idsOf(reader, 0)).toEqual({});
    expect(await idsOf(reader, 1)).toEqual({ a: 'a1', 'shop.b': 'b1' });
    expect(await idsOf(reader, 2)).toEqual({ a: 'a2', 'shop.b': 'b1' });
    await expect(reader.snapshot(4)).rejects.toThrow(/has no commit 4/);
  }
  expect(JSON.parse(await readFile(await storage.materialize(commitKey(2)), 'utf8'))).toEqual({
    format: 1,
    number: 2,
    runId: 'r2',
    createdAt: '2024-05-01T12:00:00.000Z',
    operation: 'build',
    changes: { a: 'a2' },
  });
});

test('reads little of a long log, and all of it is right without the hint', async () => {
  const { lake, storage } = await newLake();
  for (let i = 1; i <= 120; i++)
    await commit(lake, `r${i}`, { [`t${i % 7}`]: emptyVersion(`t${i % 7}`, `v${i}`) });
  const expected = { t0: 'v119', t1: 'v120', t2: 'v114', t3: 'v115', t4: 'v116', t5: 'v117', t6: 'v118' };
  const counted = counting(storage);
  const reader = new Lake(counted.storage);
  expect(await idsOf(reader)).toEqual(expected);
  // The hint, the commit that it names, and seven versions.
  expect(counted.reads.length).toBe(9);
  await reader.snapshot();
  expect(counted.reads.length).toBe(10);
  await storage.delete([latestKey]);
  const replayed = counting(storage);
  expect(await idsOf(new Lake(replayed.storage))).toEqual(expected);
  expect(replayed.reads.filter((key) => key.startsWith('_etl/commits/')).length).toBe(21);
  expect(await idsOf(new Lake(storage), 50)).toEqual({
    t0: 'v49',
    t1: 'v50',
    t2: 'v44',
    t3: 'v45',
    t4: 'v46',
    t5: 'v47',
    t6: 'v48',
  });
});

test('a hint that is old, broken or from another lake does no harm', async () => {
  const { lake, storage } = await newLake();
  await commit(lake, 'r1', { a: emptyVersion('a', 'a1') });
  const old = await storage.read(latestKey);
  await commit(lake, 'r2', { a: emptyVersion('a', 'a2') });
  const foreign = { format: 1, commit: 2, runId: 'other', tables: { a: 'x' } };
  const ahead = { format: 1, commit: 9, runId: 'r9', tables: { a: 'x' } };
  for (const hint of [
    old!,
    Buffer.from('{'),
    Buffer.from(JSON.stringify(foreign)),
    Buffer.from(JSON.stringify(ahead)),
  ]) {
    await storage.write(latestKey, hint);
    expect(await idsOf(new Lake(storage))).toEqual({ a: 'a2' });
  }
});

test('a lake that was removed and made anew is noticed', async () => {
  const { lake, storage, dir } = await newLake();
  await commit(lake, 'r1', { a: emptyVersion('a', 'a1') });
  await rm(join(dir, '_etl'), { recursive: true });
  expect(await idsOf(lake)).toEqual({});
  await commit(new Lake(storage), 'r2', { b: emptyVersion('b', 'b1') });
  expect(await idsOf(lake)).toEqual({ b: 'b1' });
});

test('commits on different tables rebase; one on the same table conflicts and changes nothing', async () => {
  const { lake, storage } = await newLake();
  await commit(lake, 'r1', { a: emptyVersion('a', 'a1'), b: emptyVersion('b', 'b1') });
  const base = await lake.snapshot();
  const other = new Lake(storage);
  expect(await commit(lake, 'r2', { a: emptyVersion('a', 'a2') }, { base })).toBe(2);
  expect(
    await commit(other, 'r3', { b: emptyVersion('b', 'b3'), c: emptyVersion('c', 'c3') }, { base }),
  ).toBe(3);
  await expect(commit(other, 'r4', { a: emptyVersion('a', 'a4') }, { base })).rejects.toMatchObject({
    diagnostics: [
      {
        code: 'lake/conflict',
        message:
          'Table a was committed by run r2 (commit 2, build), which this run wrote too; nothing of it was lost.',
      },
    ],
  });
  const reads = new Map([['b', 'b1']]);
  await expect(commit(other, 'r5', { d: emptyVersion('d', 'd5') }, { base, reads })).rejects.toMatchObject({
    diagnostics: [
      { code: 'lake/conflict', message: expect.stringContaining('Table b was committed by run r3') },
    ],
  });
  expect(await idsOf(new Lake(storage))).toEqual({ a: 'a2', b: 'b3', c: 'c3' });
});

test('a response that is lost is found out, whether the commit took place or not', async () => {
  const { storage } = await newLake();
  for (const tookPlace of [true, false]) {
    let failures = 1;
    const lossy: Storage = overriding(storage, {
      async createIfAbsent(key, bytes) {
        if (failures-- <= 0) return storage.createIfAbsent(key, bytes);
        if (tookPlace) await storage.createIfAbsent(key, bytes);
        throw new Error('socket hang up');
      },
    });
    const before = (await new Lake(storage).snapshot()).commit;
    expect(
      await commit(new Lake(lossy), `lossy-${tookPlace}`, { a: emptyVersion('a', `a-${tookPlace}`) }),
    ).toBe(before + 1);
    const after = await new Lake(storage).snapshot();
    expect([after.commit, after.tables.get('a')?.id]).toEqual([before + 1, `a-${tookPlace}`]);
  }
});

test('what cannot be read is named', async () => {
  const { lake, storage, dir } = await newLake();
  await commit(lake, 'r1', { a: emptyVersion('a', 'a1') });
  await commit(lake, 'r2', { a: emptyVersion('a', 'a2') });
  const version = join(dir, '_etl/tables/a/a2.json');
  const whole = await readFile(version, 'utf8');
  await writeFile(version, whole.slice(0, 50));
  await expect(new Lake(storage).snapshot()).rejects.toThrow(
    /_etl\/tables\/a\/a2\.json .* cannot be used: it is not JSON/,
  );
  await writeFile(version, JSON.stringify({ ...JSON.parse(whole), format: 2 }));
  await expect(new Lake(storage).snapshot()).rejects.toMatchObject({
    diagnostics: [{ code: 'lake/newer-format' }],
  });
  await rm(version);
  await expect(new Lake(storage).snapshot()).rejects.toThrow(
    /a2\.json .* it is missing, though a commit names it/,
  );
  await writeFile(version, whole);
  await rm(join(dir, commitKey(1)));
  await storage.delete([latestKey]);
  await expect(new Lake(storage).snapshot()).rejects.toThrow(
    /00001\.json .* it is missing, though commit 2 exists/,
  );
});

function counting(inner: Storage): { storage: Storage; reads: string[] } {
  const reads: string[] = [];
  const read = (key: string) => {
    reads.push(key);
    return inner.read(key);
  };
  return { storage: overriding(inner, { read }), reads };
}

function overriding(inner: Storage, methods: Partial<Storage>): Storage {
  return new Proxy(inner, {
    get: (target, name) => {
      const value = methods[name as keyof Storage] ?? target[name as keyof Storage];
      return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
    },
  });
}
