import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { connectionOfFile } from '../../test/support/connection.js';
import { parquetFolder } from './parquet-folder.js';
import { type PublishFixture, publishFixture, sales } from './publish-fixtures.js';

const { connection } = await connectionOfFile();

const published = async ({ context, storage }: PublishFixture) => {
  const current = await context.current(sales);
  return parquetFolder.pending(current ? [[sales, current]] : [], storage);
};

test('one object a partition; unchanged partitions are left alone', async () => {
  const f = await publishFixture(connection);
  await f.commit("from (values ('a', 1), ('b', 2), (null, 3), ('', 4)) t(k, n)");
  expect(await published(f)).toEqual([sales]);
  expect(await parquetFolder.publish(sales, f.context)).toEqual({
    table: 'sales',
    versionId: 'v1',
    writtenCount: 4,
    finished: true,
  });
  expect(await published(f)).toEqual([]);
  expect(await f.files()).toEqual(
    ['k=', 'k=__HIVE_DEFAULT_PARTITION__', 'k=a', 'k=b'].map((d) => `${d}/data.parquet`),
  );
  const rows = [
    { k: '', n: 4 },
    { k: 'a', n: 1 },
    { k: 'b', n: 2 },
    { k: null, n: 3 },
  ];
  expect(await f.glob()).toEqual(rows);
  expect(await f.glob(', hive_partitioning = true')).toEqual(rows);
  expect(await f.glob(', hive_partitioning = false')).toEqual(rows);
  expect(await parquetFolder.publish(sales, f.context)).toMatchObject({ writtenCount: 0, finished: true });
});

test('files that somebody took away come back when they are looked for', async () => {
  const f = await publishFixture(connection);
  await f.commit("from (values ('a', 1), ('b', 2)) t(k, n)");
  await parquetFolder.publish(sales, f.context);
  const rows = await f.glob();
  const looking = { ...f.context, looksForLost: true };
  expect(await parquetFolder.publish(sales, looking)).toMatchObject({ writtenCount: 0, finished: true });
  await rm(join(f.lake, 'sales/k=b'), { recursive: true });
  expect(await parquetFolder.publish(sales, f.context)).toMatchObject({ writtenCount: 0 });
  expect(await parquetFolder.publish(sales, looking)).toMatchObject({ writtenCount: 1, finished: true });
  expect(await f.glob()).toEqual(rows);
  await rm(join(f.lake, 'sales'), { recursive: true });
  expect(await parquetFolder.publish(sales, looking)).toMatchObject({ writtenCount: 2, finished: true });
  expect(await f.glob()).toEqual(rows);
});

test.each([
  [
    'VARCHAR',
    "('2024-01-01'), ('2024'), ('01'), ('a/b=c'), ('😀 x'), ('null'), ('__HIVE_DEFAULT_PARTITION__'), (null)",
  ],
  ['VARCHAR', "('2024'), ('2025')"],
  ['VARCHAR', "('2024-01-01')"],
  ['DATE', "('2024-01-01'), ('0001-01-01'), (null)"],
  ['BIGINT', '(1), (-9223372036854775808), (null)'],
  ['TIMESTAMP', "('2024-01-01'), ('2024-01-01 10:00:00.123456'), (null)"],
])('a glob gives partition columns of type %s as they are: %s', async (type, values) => {
  const f = await publishFixture(connection);
  const sql = `select k::${type} as k, 1 as n from (values ${values}) t(k)`;
  await f.commit(sql, { types: { k: type, n: 'INTEGER' } });
  await parquetFolder.publish(sales, f.context);
  const expected = await connection.rows(`select *, typeof(k) as type from (${sql}) order by all`);
  for (const options of ['', ', hive_partitioning = true', ', hive_partitioning = false']) {
    const found = await connection.rows(
      `select k, n, typeof(k) as type from read_parquet('${f.lake}/sales/**/*.parquet'${options}) order by all`,
    );
    expect(found).toEqual(expected);
  }
});

test('dropped partitions lose their rows, then go after the grace period', async () => {
  const f = await publishFixture(connection);
  await f.commit("from (values ('a', 1), ('b', 2)) t(k, n)");
  await parquetFolder.publish(sales, f.context);
  await f.commit("from (values ('b', 2), ('c', 3)) t(k, n)");
  expect(await parquetFolder.publish(sales, f.context)).toMatchObject({ writtenCount: 3 });
  const rows = [
    { k: 'b', n: 2 },
    { k: 'c', n: 3 },
  ];
  expect(await f.glob()).toEqual(rows);
  expect(await f.files()).toEqual(['k=a/data.parquet', 'k=b/data.parquet', 'k=c/data.parquet']);
  const context = { ...f.context, runId: 'vacuum-1' };
  expect(await parquetFolder.vacuum(context, new Date('2024-05-01'), false)).toEqual([]);
  const later = new Date('2024-05-02');
  expect(await parquetFolder.vacuum(context, later, true)).toEqual(['sales/k=a/data.parquet']);
  expect(await f.files()).toHaveLength(3);
  expect(await parquetFolder.vacuum(context, later, false)).toEqual(['sales/k=a/data.parquet']);
  expect(await f.files()).toEqual(['k=b/data.parquet', 'k=c/data.parquet']);
  expect(await f.glob()).toEqual(rows);
  expect(await published(f)).toEqual([]);
});

test('what a replaced object keeps for readers of the one before goes after the grace period', async () => {
  const f = await publishFixture(connection);
  const size = async () => (await stat(join(f.lake, 'sales/k=a/data.parquet'))).size;
  await f.commit("select 'a' as k, i as n from range(1000) t(i)");
  await parquetFolder.publish(sales, f.context);
  const plain = await size();
  await f.commit("select 'a' as k, i as n from range(1001) t(i)");
  await parquetFolder.publish(sales, f.context);
  const rows = await f.glob();
  expect(await size()).toBeGreaterThan(1.5 * plain);
  const context = { ...f.context, runId: 'vacuum-1' };
  const soon = new Date(Date.now() + 60_000);
  expect(await parquetFolder.vacuum(context, new Date('2024-05-01'), false)).toEqual([]);
  expect(await parquetFolder.vacuum(context, soon, true)).toEqual([]);
  expect(await size()).toBeGreaterThan(1.5 * plain);
  for (let step = 1; step <= 2; step++) expect(await parquetFolder.vacuum(context, soon, false)).toEqual([]);
  expect(await size()).toBeLessThan(1.1 * plain);
  expect(await f.glob()).toEqual(rows);
  expect(await published(f)).toEqual([]);
});

test('a table without rows keeps its schema, partitioned or not', async () => {
  const f = await publishFixture(connection);
  const types = { k: 'DATE', n: 'DECIMAL(38,0)' };
  for (const partitionBy of [['k'], []]) {
    const g = await publishFixture(connection);
    await g.commit('select null as k, null as n where false', { types, partitionBy });
    await parquetFolder.publish(sales, g.context);
    expect(await g.glob()).toEqual([]);
    const described = await connection.rows(`describe from '${g.lake}/sales/**/*.parquet'`);
    expect(described.map((row) => [row.column_name, row.column_type])).toEqual(Object.entries(types));
  }
  await f.commit("from (values ('a', 1)) t(k, n)");
  await parquetFolder.publish(sales, f.context);
  await f.commit('select null as k, null as n where false');
  await parquetFolder.publish(sales, f.context);
  expect(await f.glob(', hive_partitioning = true')).toEqual([]);
});

test('several files of one partition become one, in one schema', async () => {
  const f = await publishFixture(connection);
  await f.commit("from (values ('a', 1), ('b', 2)) t(k, n)");
  const first = (await f.context.current(sales))!;
  await f.commit("from (values ('a', 3)) t(k, n)");
  const second = (await f.context.current(sales))!;
  const both = { ...second, files: [...first.files, ...second.files] };
  expect(await parquetFolder.publish(sales, { ...f.context, current: async () => both })).toMatchObject({
    finished: true,
    writtenCount: 2,
  });
  expect(await f.files()).toEqual(['k=a/data.parquet', 'k=b/data.parquet']);
  expect(await f.glob()).toEqual([
    { k: 'a', n: 1 },
    { k: 'a', n: 3 },
    { k: 'b', n: 2 },
  ]);
});

test('a table that is no longer published is taken back, also when it is gone from the lake', async () => {
  for (const options of [{ publish: false }, null]) {
    const f = await publishFixture(connection);
    await f.commit("from (values ('a', 1)) t(k, n)");
    await parquetFolder.publish(sales, f.context);
    await f.commit(options && "from (values ('a', 1)) t(k, n)", options ?? {});
    expect(await published(f)).toEqual([sales]);
    expect(await parquetFolder.publish(sales, f.context)).toMatchObject({
      versionId: null,
      finished: true,
    });
    expect(await f.glob()).toEqual([]);
    expect(await published(f)).toEqual([]);
    await parquetFolder.vacuum({ ...f.context, runId: 'vacuum-1' }, new Date('2025-01-01'), false);
    expect(await f.files()).toEqual([]);
    expect(await published(f)).toEqual([]);
  }
});

test('another place and folder; when it changes, the old one is taken back', async () => {
  const f = await publishFixture(connection);
  await f.commit("from (values ('a', 1), ('b', 2)) t(k, n)");
  const version = (await f.context.current(sales))!;
  const elsewhere = { ...sales, to: join(f.lake, '../elsewhere'), path: 'marts/sold' };
  let place: object = elsewhere;
  const context = {
    ...f.context,
    current: async (asked: object) => (JSON.stringify(asked) === JSON.stringify(place) ? version : undefined),
  };
  const publishAll = async () => {
    const pending = await parquetFolder.pending([[place as typeof elsewhere, version]], f.storage);
    for (const publication of pending)
      expect(await parquetFolder.publish(publication, context)).toMatchObject({ finished: true });
    return pending;
  };
  const rows = (glob: string) => connection.rows(`from read_parquet('${glob}/**/*.parquet') order by all`);
  expect(await publishAll()).toEqual([elsewhere]);
  const both = [
    { k: 'a', n: 1 },
    { k: 'b', n: 2 },
  ];
  expect(await rows(`${elsewhere.to}/marts/sold`)).toEqual(both);
  place = sales;
  expect(await publishAll()).toEqual([sales, elsewhere]);
  expect(await rows(`${elsewhere.to}/marts/sold`)).toEqual([]);
  expect(await f.glob()).toEqual(both);
  expect(await publishAll()).toEqual([]);
  expect(await parquetFolder.vacuum({ ...context, runId: 'v' }, new Date('2025-01-01'), false)).toEqual([
    'marts/sold/k=a/data.parquet',
    'marts/sold/k=b/data.parquet',
  ]);
  place = { ...sales, path: '_etl/data' };
  await expect(parquetFolder.publish(place as typeof elsewhere, context)).rejects.toThrow(
    'sales cannot be published to the folder "_etl/data".',
  );
});

test('a value whose published folder has too long a name is an error that says so', async () => {
  const f = await publishFixture(connection);
  await f.commit("select repeat('7', 253) as k, 1 as n");
  await expect(parquetFolder.publish(sales, f.context)).rejects.toThrow(
    /sales cannot be published on this disk: the name of a partition's folder, k=%3777+…, has more than 255 bytes/,
  );
});

test('partition columns may be written in another case than the columns', async () => {
  const f = await publishFixture(connection);
  await f.commit("from (values ('a', 1), ('2024', 2)) t(k, n)", { partitionBy: ['K'] });
  await parquetFolder.publish(sales, f.context);
  expect(await f.files()).toEqual(['K=%32024/data.parquet', 'K=a/data.parquet']);
  expect(await f.glob()).toEqual([
    { k: '2024', n: 2 },
    { k: 'a', n: 1 },
  ]);
});
