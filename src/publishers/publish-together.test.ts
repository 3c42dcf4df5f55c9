import { expect, test } from 'vitest';
import { connectionOfFile } from '../../test/support/connection.js';
import { thisProcess } from '../util/host-process.js';
import { parquetFolder } from './parquet-folder.js';
import { now, overriding, publishFixture, sales } from './publish-fixtures.js';
import { claimKey, writeState } from './publish-state.js';

const { engine, connection } = await connectionOfFile();

test('what a dead publisher left is written anew, whatever it had written', async () => {
  const f = await publishFixture(connection);
  await f.commit("from (values ('a', 1), ('b', 2)) t(k, n)");
  const first = await f.context.current(sales);
  await parquetFolder.publish(sales, f.context);
  await f.commit("from (values ('a', 10), ('new', 3)) t(k, n)");
  let puts = 0;
  const dying = overriding(f.storage, {
    copy: async (from, to) => (++puts > 1 ? Promise.reject(new Error('killed')) : f.storage.copy(from, to)),
    delete: async () => Promise.reject(new Error('killed')),
  });
  await expect(parquetFolder.publish(sales, { ...f.context, storage: dying })).rejects.toThrow('killed');
  // Back to the first version: its record alone would say that nothing is to do.
  const context = { ...f.context, runId: 'run-6', current: async () => first };
  expect(await parquetFolder.pending([[sales, first!]], f.storage)).toEqual([sales]);
  expect(await parquetFolder.publish(sales, context)).toMatchObject({ versionId: 'v1', finished: true });
  expect(await f.glob()).toEqual([
    { k: 'a', n: 1 },
    { k: 'b', n: 2 },
  ]);
  expect(await parquetFolder.pending([[sales, first!]], f.storage)).toEqual([]);
});

test('of publishers at work at once one completes, with the version that the lake then has', async () => {
  const f = await publishFixture(connection);
  await f.commit("from (values ('a', 1), ('b', 1)) t(k, n)");
  const first = await f.context.current(sales);
  await f.commit("from (values ('a', 2), ('c', 2)) t(k, n)");
  const second = await f.context.current(sales);
  let head = first;
  const current = async () => head;
  let newer: ReturnType<typeof parquetFolder.publish> | undefined;
  const slow = overriding(f.storage, {
    async copy(from, to) {
      head = second;
      newer ??= parquetFolder.publish(sales, { ...f.context, current, runId: 'run-2' });
      // Time for the newer one to come across this one at work.
      await new Promise((resolve) => setTimeout(resolve, 200));
      return f.storage.copy(from, to);
    },
  });
  const older = await parquetFolder.publish(sales, {
    ...f.context,
    storage: slow,
    current,
    runId: 'run-1',
  });
  expect([older.finished, (await newer!).finished].filter(Boolean)).toHaveLength(1);
  expect(await f.glob()).toEqual([
    { k: 'a', n: 2 },
    { k: 'c', n: 2 },
  ]);
  expect(await parquetFolder.pending([[sales, second!]], f.storage)).toEqual([]);
});

test('a publisher of the same version at work is not disturbed; vacuum stays away too', async () => {
  const f = await publishFixture(connection);
  await f.commit("from (values ('a', 1)) t(k, n)");
  await writeState(f.storage, claimKey(sales, 'other'), {
    format: 1,
    publication: sales,
    runId: 'other',
    versionId: 'v1',
    process: thisProcess(),
    claimedAt: now.value.toISOString(),
    yielded: false,
  });
  expect(await parquetFolder.publish(sales, f.context)).toMatchObject({ writtenCount: 0, finished: false });
  expect(await parquetFolder.vacuum(f.context, new Date('2025-01-01'), false)).toEqual([]);
});

test('readers that glob all the time never see a partition twice or half, and never miss a file', async () => {
  const f = await publishFixture(connection);
  const rowsOf = (version: number, keys: readonly string[]) =>
    `select k, ${version} as n from (values ${keys.map((k) => `('${k}')`).join(', ')}) t(k), range(${500 + version})`;
  await f.commit(rowsOf(0, ['a', 'b']));
  await parquetFolder.publish(sales, f.context);
  let done = false;
  const reader = await engine.connect();
  const sql = `select k, count(*) as rows, count(distinct n) as versions, min(n) as version
    from read_parquet('${f.lake}/sales/**/*.parquet', hive_partitioning = true) group by k`;
  const reading = (async () => {
    let reads = 0;
    while (!done || reads < 5) {
      for (const group of await reader.rows(sql))
        expect(group).toMatchObject({ rows: 500n + BigInt(group.version as number), versions: 1n });
      reads++;
    }
  })();
  for (let i = 1; i <= 30; i++) {
    await f.commit(rowsOf(i, i % 3 === 0 ? ['a'] : i % 3 === 1 ? ['a', 'b', 'c'] : ['b', `d${i}`]));
    await parquetFolder.publish(sales, { ...f.context, runId: `run-${i}` });
  }
  done = true;
  await reading;
  reader.close();
});
