import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { connectionOfFile } from '../../test/support/connection.js';
import { folderOfTest } from '../../test/support/temporary-folder.js';
import type { TableVersion } from '../ir/table-version.js';
import type { Storage } from '../ports/storage.js';
import type { Column } from '../schema/table-schema.js';
import { openLocalStorage } from '../storage/local.js';
import { emptyVersion } from './lake-fixtures.js';
import { relationSql } from './relation-sql.js';
import { type WriteVersionRequest, writeVersion } from './write-version.js';

const { engine, connection } = await connectionOfFile();

function columns(types: Record<string, string>): readonly Column[] {
  return Object.entries(types).map(([name, type]) => ({ name, type }));
}

interface Written {
  readonly version: TableVersion;
  readonly storage: Storage;
  readonly files: readonly string[];
  rows(order?: string): Promise<readonly Record<string, unknown>[]>;
}

async function write(
  sql: string,
  types: Record<string, string>,
  options: Partial<WriteVersionRequest> & { readonly remote?: boolean } = {},
): Promise<Written> {
  const dir = await folderOfTest('lake');
  const local = openLocalStorage(join(dir, 'lake'));
  const storage = options.remote ? withoutFolder(local) : local;
  const written = await writeVersion({
    connection,
    sql,
    schema: { columns: columns(types) },
    table: 'shop.orders',
    versionId: 'v1',
    runId: 'r1',
    partitionBy: [],
    storage,
    tempDir: join(dir, 'temp'),
    ...options,
  });
  const version = emptyVersion('shop.orders', 'v1', { ...written, schema: { columns: columns(types) } });
  const from = await relationSql(version, storage);
  return {
    version,
    storage,
    files: (await filesUnder(dir)).map((file) => file.replace('lake/', '')),
    rows: (order = 'all') => connection.rows(`select * from (${from}) order by ${order}`),
  };
}

/** A storage without a folder that the engine could write to. */
function withoutFolder(local: Storage): Storage {
  return new Proxy(local, {
    get: (target, name) => {
      if (name === 'localRoot') return undefined;
      const value = target[name as keyof Storage];
      return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
    },
  });
}

async function filesUnder(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .sort();
}

describe.each([{ remote: false }, { remote: true }])('write a version, remote: $remote', ({ remote }) => {
  test('one file with counts, sizes and statistics; order and comments are kept', async () => {
    const sql = "select i::int as i, nullif('s' || i, 's1') as s from range(3) t(i) order by i desc -- done;";
    const { version, files, rows } = await write(sql, { i: 'INTEGER', s: 'VARCHAR' }, { remote });
    expect(files).toEqual(['_etl/data/shop.orders/v1-r1-0.parquet']);
    expect(version.files).toEqual([
      {
        path: '_etl/data/shop.orders/v1-r1-0.parquet',
        rowCount: 3,
        sizeBytes: expect.any(Number),
        partition: {},
        stats: { i: { min: '0', max: '2', nullCount: 0 }, s: { min: 's0', max: 's2', nullCount: 1 } },
      },
    ]);
    expect([version.rowCount, version.sizeBytes]).toEqual([3, version.files[0]!.sizeBytes]);
    expect(await rows('i desc')).toEqual([
      { i: 2, s: 's2' },
      { i: 1, s: null },
      { i: 0, s: 's0' },
    ]);
  });

  test('partitions: values of every kind come back as they were', async () => {
    const values = [
      ...[
        'a',
        'A',
        '',
        'a/b',
        'a=b',
        'sp ace',
        '😀',
        'ä',
        '%2F',
        '100%',
        '..',
        '.',
        "it's",
        '01',
        '2024',
        'NULL',
      ],
      ...['__HIVE_DEFAULT_PARTITION__', 'a\\b', 'x:y', '[x]*?', 'a+b', '"q"', '\n', '{uuid}', '{i}', ' '],
    ];
    const list = [...values.map((v) => `('${v.replaceAll("'", "''")}')`), '(null)'].join(', ');
    const sql = `select k as p, k as "other key", d::date as d from (values ${list}) t(k), (values ('2024-02-29'), (null)) u(d)`;
    const types = { p: 'VARCHAR', 'other key': 'VARCHAR', d: 'DATE' };
    const { version, rows } = await write(sql, types, { partitionBy: ['p', 'd'], remote });
    const expected = [...values, null].flatMap((p) => [`${p}|2024-02-29`, `${p}|null`]).sort();
    expect(version.files.map(({ partition }) => `${partition.p}|${partition.d}`).sort()).toEqual(expected);
    const found = await rows();
    expect(found.map((row) => `${row.p}|${row.d}`).sort()).toEqual(expected);
    expect(found.every((row) => row.p === row['other key'])).toBe(true);
    expect(found.filter((row) => row.p === null)).toHaveLength(2);
    expect(version.rowCount).toBe(expected.length);
  });

  test('an empty result is one file with the schema', async () => {
    const types = { i: 'INTEGER', d: 'DECIMAL(38,0)', n: 'STRUCT(a INTEGER, b VARCHAR[])' };
    const sql = 'select 1 as i, 1::hugeint as d, null as n where false';
    for (const partitionBy of [[], ['i'], ['d', 'i']]) {
      const { version, files, storage } = await write(sql, types, { partitionBy, remote });
      expect(files).toEqual(['_etl/data/shop.orders/v1-r1-0.parquet']);
      expect(version.files.map(({ partition, rowCount }) => ({ partition, rowCount }))).toEqual([
        { partition: {}, rowCount: 0 },
      ]);
      const described = await connection.rows(`describe ${await relationSql(version, storage)}`);
      expect(described.map((row) => [row.column_name, row.column_type])).toEqual(Object.entries(types));
    }
  });

  test('a partition whose folder would have too long a name is named', async () => {
    const fits = `select repeat('x', 253) as p, 1 as d`;
    const types = { p: 'VARCHAR', d: 'INTEGER' };
    expect((await write(fits, types, { partitionBy: ['p', 'd'], remote })).version.rowCount).toBe(1);
    const failing = write(`${fits} union all select repeat('ä', 43), 2`, types, {
      partitionBy: ['d', 'p'],
      remote,
    });
    await expect(failing).rejects.toMatchObject({
      diagnostics: [
        {
          code: 'run/query-failed',
          message: `shop.orders has a value in its partition column "p" that is too long for the name of a folder: "${'ä'.repeat(43)}".`,
        },
      ],
    });
  });

  test('a failing query leaves nothing behind', async () => {
    const dir = await folderOfTest('lake');
    const local = openLocalStorage(join(dir, 'lake'));
    await local.write('_etl/data/shop.orders/p=1/v0-other.parquet', Buffer.from('x'));
    const sql =
      "select i % 5 as p, case when i = 900000 then error('boom') else i end as i from range(1000000) t(i)";
    for (const partitionBy of [[], ['p']]) {
      const failing = writeVersion({
        connection,
        sql,
        schema: { columns: columns({ p: 'BIGINT', i: 'BIGINT' }) },
        table: 'shop.orders',
        versionId: 'v1',
        runId: 'r1',
        partitionBy,
        storage: remote ? withoutFolder(local) : local,
        tempDir: join(dir, 'temp'),
      });
      await expect(failing).rejects.toThrow(/boom/);
      expect(await filesUnder(dir)).toEqual(['lake/_etl/data/shop.orders/p=1/v0-other.parquet']);
    }
  });
});

test('an interrupted write leaves nothing behind', async () => {
  const dir = await folderOfTest('lake');
  const own = await engine.connect();
  const writing = writeVersion({
    connection: own,
    sql: 'select i % 10 as p, hash(i) as h from range(500000000) t(i)',
    schema: { columns: columns({ p: 'BIGINT', h: 'UBIGINT' }) },
    table: 't',
    versionId: 'v1',
    runId: 'r1',
    partitionBy: [],
    storage: openLocalStorage(dir),
    tempDir: dir,
  });
  // In the middle of what takes many seconds.
  setTimeout(() => own.interrupt(), 300);
  await expect(writing).rejects.toMatchObject({ kind: 'interrupted' });
  own.close();
  expect(await filesUnder(dir)).toEqual([]);
});

test('stored types hold what the query gives, or it fails', async () => {
  const { rows, version } = await write('select sum(i) as total from range(4) t(i)', {
    total: 'DECIMAL(38,0)',
  });
  expect(await rows()).toEqual([{ total: '6' }]);
  expect(version.files[0]!.stats).toEqual({ total: { min: '6', max: '6', nullCount: 0 } });
  const tooMuch = write("select '170141183460469231731687303715884105727'::hugeint as total", {
    total: 'DECIMAL(38,0)',
  });
  await expect(tooMuch).rejects.toMatchObject({ kind: 'conversion' });
});

test('sorted rows keep the sign of zero', async () => {
  const types = { id: 'INTEGER', v: 'DOUBLE', l: 'FLOAT[]' };
  const sql =
    "select id, v, [v] as l from (values (1, 1.0), (2, '-0'::double), (3, null), (4, -1)) as t(id, v)";
  const rows = [
    { id: 1, v: 1, l: [1] },
    { id: 2, v: -0, l: [-0] },
    { id: 3, v: null, l: [null] },
    { id: 4, v: -1, l: [-1] },
  ];
  const sorted = await write(sql, types, { orderBy: ['V', 'l'] });
  expect(await connection.rows(`from (${await relationSql(sorted.version, sorted.storage)})`)).toEqual(
    [3, 1, 0, 2].map((i) => rows[i]),
  );
  expect(await (await write(sql, types, { partitionBy: ['v'] })).rows('id')).toEqual(rows);
  expect(await (await write(sql, types, { partitionBy: ['l'] })).rows('id')).toEqual(rows);
});

test('field ids are written where the schema has them', async () => {
  const schema = {
    columns: [
      { name: 'a', type: 'INTEGER', fieldId: 7 },
      { name: 'b c', type: 'VARCHAR', fieldId: 3 },
    ],
  };
  const { version, storage } = await write('select 1 as a, \'x\' as "b c"', {}, { schema });
  const path = await storage.materialize(version.files[0]!.path);
  const ids = await connection.rows(
    `select name, field_id from parquet_schema('${path}') where name in ('a', 'b c')`,
  );
  expect(ids).toEqual([
    { name: 'a', field_id: 7n },
    { name: 'b c', field_id: 3n },
  ]);
});
