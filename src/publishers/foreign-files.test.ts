import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { connectionOfFile } from '../../test/support/connection.js';
import { thisProcess } from '../util/host-process.js';
import { parquetFolder } from './parquet-folder.js';
import { now, overriding, publishFixture, sales } from './publish-fixtures.js';
import { claimKey, recordKey, writeState } from './publish-state.js';

const { connection } = await connectionOfFile();
const rows = "from (values ('a', 1), ('b', 2)) t(k, n)";
const rowsOf = (sql: string) => connection.rows(`${sql} order by all`);
const put = async (path: string, text: string) => {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
};

test.each(['k=b/data.parquet', 'old/2023.PARQUET', 'part.pq'])(
  'a first publication leaves the folder of somebody else alone: %s',
  async (file) => {
    const f = await publishFixture(connection);
    await f.commit(rows);
    const path = join(f.lake, 'sales', file);
    await put(path, 'theirs');
    await put(join(f.lake, 'sales/README.md'), 'no rows');
    for (let run = 1; run <= 2; run++) {
      await expect(parquetFolder.publish(sales, f.context)).rejects.toMatchObject({
        diagnostics: [
          {
            code: 'publish/foreign-files',
            message: `sales is committed, but was not published: its folder has Parquet files that no table of this lake wrote, the first of them ${f.lake}/sales/${file}.`,
          },
        ],
      });
      expect(await parquetFolder.pending([[sales, (await f.context.current(sales))!]], f.storage)).toEqual([
        sales,
      ]);
    }
    await rm(path);
    expect(await parquetFolder.publish(sales, f.context)).toMatchObject({ writtenCount: 2, finished: true });
    expect(await f.glob()).toHaveLength(2);
  },
);

test('overwrite: true takes over what an earlier lake published, and nothing else', async () => {
  const f = await publishFixture(connection);
  await f.commit(rows);
  const mine = { ...sales, overwrite: true } as const;
  await put(join(f.lake, 'sales/k=b/data.parquet'), 'of before');
  await put(join(f.lake, 'sales/k=old/data.parquet'), 'of before');
  await put(join(f.lake, 'sales/theirs.parquet'), 'theirs');
  await expect(parquetFolder.publish(mine, f.context)).rejects.toThrow('/sales/theirs.parquet.');
  await rm(join(f.lake, 'sales/theirs.parquet'));
  expect(await parquetFolder.publish(mine, f.context)).toMatchObject({ writtenCount: 3, finished: true });
  expect(await f.glob()).toHaveLength(2);
  expect(await parquetFolder.pending([[mine, (await f.context.current(sales))!]], f.storage)).toEqual([]);
});

test('another place is looked at too', async () => {
  const f = await publishFixture(connection);
  await f.commit(rows);
  const to = join(f.lake, '../public');
  await put(join(to, 'marts/sold/x.parquet'), 'theirs');
  await put(join(to, 'marts/other/x.parquet'), 'theirs');
  const publish = (path: string) => parquetFolder.publish({ ...sales, to, path }, f.context);
  await expect(publish('marts/sold')).rejects.toThrow('/public/marts/sold/x.parquet.');
  await expect(publish('marts')).rejects.toThrow('/public/marts/other/x.parquet.');
  expect(await publish('marts/so')).toMatchObject({ finished: true });
});

test('a first publication that was cut off is finished', async () => {
  const f = await publishFixture(connection);
  await f.commit(rows);
  let isDead = false;
  const die = () => {
    isDead = true;
    return Promise.reject(new Error('killed'));
  };
  let puts = 0;
  const dying = overriding(f.storage, {
    copy: (from, to) => (++puts > 1 || isDead ? die() : f.storage.copy(from, to)),
    write: (key, bytes) => (isDead ? die() : f.storage.write(key, bytes)),
  });
  await expect(parquetFolder.publish(sales, { ...f.context, storage: dying })).rejects.toThrow('killed');
  expect(await f.files()).toHaveLength(1);
  const next = { ...f.context, runId: 'run-6', now: () => new Date('2024-05-02T00:00:00Z') };
  expect(await parquetFolder.publish(sales, next)).toMatchObject({ finished: true });
  expect(await f.glob()).toHaveLength(2);
});

test('what nobody can read of its state says all the same that it was published', async () => {
  const f = await publishFixture(connection);
  await f.commit(rows);
  await parquetFolder.publish(sales, f.context);
  await f.storage.write(recordKey(sales, 'v1'), Buffer.from('{'));
  expect(await parquetFolder.publish(sales, f.context)).toMatchObject({ finished: true });
});

test('files of a table that had another name, or whose place had, are ours', async () => {
  const f = await publishFixture(connection);
  await f.commit(rows);
  await parquetFolder.publish(sales, f.context);
  for (const renamed of [
    { table: 'sold', path: 'sales' },
    { table: 'sales', to: dirname(f.lake), path: 'lake/sales' },
  ])
    expect(await parquetFolder.publish(renamed, f.context)).toMatchObject({ finished: true });
  expect(await rowsOf(`from '${f.lake}/sales/**/*.parquet'`)).toHaveLength(2);

  // Also where it was cut off before it noted what it wrote.
  const g = await publishFixture(connection);
  await g.commit(rows);
  await put(join(g.lake, 'sales/k=a/data.parquet'), 'half');
  const claim = { format: 1, runId: 'dead', versionId: 'v0', yielded: true, process: thisProcess() } as const;
  const claimedAt = now.value.toISOString();
  await writeState(g.storage, claimKey(sales, 'dead'), { ...claim, publication: sales, claimedAt });
  expect(await parquetFolder.publish({ table: 'sold', path: 'sales' }, g.context)).toMatchObject({
    finished: true,
  });
});

test('files of one who began just now are no strangers', async () => {
  const f = await publishFixture(connection);
  await f.commit(rows);
  const slow = overriding(f.storage, {
    async *list(prefix, startAfter) {
      // The other one begins and ends between the look at the state and that at the folder.
      if (prefix === 'sales/') await parquetFolder.publish(sales, { ...f.context, runId: 'run-1' });
      yield* f.storage.list(prefix, startAfter);
    },
  });
  expect(await parquetFolder.publish(sales, { ...f.context, storage: slow })).toMatchObject({
    finished: true,
  });
  expect(await f.glob()).toHaveLength(2);
});

test('a table that was published before costs no look at its folder', async () => {
  const f = await publishFixture(connection);
  const listed: string[] = [];
  const watched = overriding(f.storage, {
    list(prefix, startAfter) {
      listed.push(prefix);
      return f.storage.list(prefix, startAfter);
    },
  });
  const publish = () => parquetFolder.publish(sales, { ...f.context, storage: watched });
  await f.commit(rows);
  await publish();
  expect(listed.filter((prefix) => !prefix.startsWith('_etl/'))).not.toEqual([]);
  listed.length = 0;
  await f.commit("from (values ('a', 3)) t(k, n)");
  await put(join(f.lake, 'sales/k=zz/theirs.parquet'), 'theirs');
  expect(await publish()).toMatchObject({ finished: true });
  expect(listed.filter((prefix) => !prefix.startsWith('_etl/'))).toEqual([]);
});
