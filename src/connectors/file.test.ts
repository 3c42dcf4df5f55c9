import { once } from 'node:events';
import { symlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { quoteString } from '../util/sql-quote.js';
import { connectorTestBench, sourceTable } from './connector-test-bench.js';
import { fileConnector } from './file.js';

const bench = connectorTestBench(fileConnector);

describe('CSV', () => {
  test('types hold every text exactly', async () => {
    await bench.write(
      'a.csv',
      'id,zip,big,phone,price,day,at,zoned,flag,none\n' +
        '1,007,12345678901234567890,+491,1.50,2024-01-02,2024-01-02 10:00:00,2024-01-02T10:00:00+02:00,true,\n' +
        '2,12,1,1,2,2024-02-29,2024-01-02T10:00:00.5,2024-01-02T10:00:00Z,FALSE,\n',
    );
    const { types, rows } = await bench.land({ path: 'a.csv' });
    expect(types).toEqual({
      id: 'BIGINT',
      zip: 'VARCHAR',
      big: 'DECIMAL(38,0)',
      phone: 'VARCHAR',
      price: 'DOUBLE',
      day: 'DATE',
      at: 'TIMESTAMP',
      zoned: 'TIMESTAMP WITH TIME ZONE',
      flag: 'BOOLEAN',
      none: 'VARCHAR',
    });
    expect(rows[0]).toMatchObject({ id: 1n, zip: '007', big: '12345678901234567890', price: 1.5 });
  });

  test('files with other columns, delimiters and compression are matched by name', async () => {
    await bench.write('d/a.csv', 'id,name\n1,x\n');
    await bench.write('d/b.csv.gz', gzipSync('name;id;extra\r\n"y;z";2.5;e\r\n'));
    const { types, rows } = await bench.land({ path: 'd/*', filename: true });
    expect(types).toEqual({ id: 'DOUBLE', name: 'VARCHAR', extra: 'VARCHAR', filename: 'VARCHAR' });
    expect(rows).toEqual([
      { id: 1, name: 'x', extra: null, filename: 'd/a.csv' },
      { id: 2.5, name: 'y;z', extra: 'e', filename: 'd/b.csv.gz' },
    ]);
  });

  test('a thousand columns are no trouble, in the first rows and in all', async () => {
    const columns = [...Array(1000).keys()];
    const row = (i: number) =>
      columns.map((c) => (c % 3 === 0 ? i : c % 3 === 1 ? '2024-01-02' : 'x')).join(',');
    const rows = [...Array(2500).keys()].map((i) => (i === 2400 ? row(i).replace(/^\d+/, 'late') : row(i)));
    await bench.write('wide.csv', [columns.map((c) => `c${c}`).join(','), ...rows].join('\n'));
    const { columns: described } = await fileConnector.describe(
      sourceTable({ path: 'wide.csv' }),
      bench.context(),
    );
    const types = Object.fromEntries(described.map(({ name, type }) => [name, type]));
    expect(types).toMatchObject({
      c0: 'VARCHAR',
      c3: 'BIGINT',
      c997: 'DATE',
      c998: 'VARCHAR',
      c999: 'BIGINT',
    });
  });

  test('an unquoted empty text is NULL, a quoted one is empty', async () => {
    await bench.write('a.csv', 'id,s\n1,""\n2,\n');
    expect((await bench.land({ path: 'a.csv' })).rows).toEqual([
      { id: 1n, s: '' },
      { id: 2n, s: null },
    ]);
    expect((await bench.land({ path: 'a.csv', quoted_nulls: true })).rows[0]).toEqual({ id: 1n, s: null });
  });

  test('folders of the path are columns', async () => {
    await bench.write('d/y=2024/c=a%20b/a.csv', 'id\n1\n');
    await bench.write('d/y=2025/c=__HIVE_DEFAULT_PARTITION__/a.csv', 'id\n2\n');
    const { types, rows } = await bench.land({
      path: 'd/**/*.csv',
      hive_partitioning: true,
      columns: { y: 'INTEGER' },
    });
    expect(types).toEqual({ id: 'BIGINT', y: 'INTEGER', c: 'VARCHAR' });
    expect(rows).toEqual([
      { id: 1n, y: 2024, c: 'a b' },
      { id: 2n, y: 2025, c: null },
    ]);
  });
});

describe('NDJSON and JSON', () => {
  test('types hold every value exactly', async () => {
    await bench.write(
      'a.ndjson',
      `${[
        '{"id":1,"n":{"at":"2024-01-02T10:00:00+02:00","big":123456789012345678901234567890},"u":"5F0C6A3E-1d2b-4c6d-8e9f-0a1b2c3d4e5f","tags":["a"],"d":"2024-01-02","dd":"01/02/2024"}',
        '',
        '{"id":2.5,"mixed":1,"tags":[]}',
        '{"id":3,"mixed":"x"}',
      ].join('\n')}\n`,
    );
    const { types, rows } = await bench.land({ path: 'a.ndjson' });
    expect(types).toEqual({
      id: 'DOUBLE',
      n: 'STRUCT("at" TIMESTAMP WITH TIME ZONE, big DECIMAL(38,0))',
      u: 'VARCHAR',
      tags: 'VARCHAR[]',
      d: 'DATE',
      dd: 'VARCHAR',
      mixed: 'JSON',
    });
    expect(rows).toHaveLength(3);
    expect(rows[0]).toMatchObject({ n: { big: '123456789012345678901234567890' }, dd: '01/02/2024' });
  });

  test('keys that only late records have are found', async () => {
    const early = '{"id":1,"a":{"x":1}}\n'.repeat(100_500);
    await bench.write('a.ndjson', `${early}{"id":2.5,"a":{"x":2,"late":"2024-01-02"},"later":true}\n`);
    const { types, rows } = await bench.land({ path: 'a.ndjson' });
    expect(types).toEqual({ id: 'DOUBLE', a: 'STRUCT(x BIGINT, late DATE)', later: 'BOOLEAN' });
    expect(rows.at(-1)).toEqual({ id: 2.5, a: { x: 2n, late: '2024-01-02' }, later: true });
  });

  test('records of hundreds of rare keys have a column for each', async () => {
    const records = [...Array(300).keys()].map((i) => JSON.stringify({ id: i, [`k${i}`]: i }));
    await bench.write('rare.ndjson', records.join('\n'));
    const { types, rows } = await bench.land({ path: 'rare.ndjson' });
    expect(Object.keys(types)).toHaveLength(301);
    expect(rows[7]).toMatchObject({ id: 7n, k6: null, k7: 7n });
  });

  test('arrays and gzip', async () => {
    await bench.write('a.json', '[{"id":1},\n {"id":2,"x":{"y":true}}]');
    expect(await bench.land({ path: 'a.json' })).toMatchObject({
      types: { id: 'BIGINT', x: 'STRUCT(y BOOLEAN)' },
      rows: [
        { id: 1n, x: null },
        { id: 2n, x: { y: true } },
      ],
    });
    await bench.write('b.ndjson.gz', gzipSync('{"id":1}\n{"id":2}\n'));
    expect((await bench.land({ path: 'b.ndjson.gz' })).rows).toEqual([{ id: 1n }, { id: 2n }]);
  });
});

describe('Parquet', () => {
  test('files with other schemas are matched by name and widened', async () => {
    await bench.connection.run(`copy (select 1::int as id, 'a' as s) to '${bench.rootDir}/a.parquet'`);
    await bench.connection.run(
      `copy (select 5000000000 as id, 1.5::decimal(9,2) as p) to '${bench.rootDir}/b.parquet'`,
    );
    expect(await bench.land({ path: '*.parquet' })).toMatchObject({
      types: { id: 'BIGINT', s: 'VARCHAR', p: 'DECIMAL(9,2)' },
      rows: [
        { id: 1n, s: 'a', p: null },
        { id: 5000000000n, s: null, p: '1.50' },
      ],
    });
  });
});

describe('nothing to read', () => {
  test.each([
    ['empty.csv', ''],
    ['empty.ndjson', ''],
    ['empty.json', '[]'],
  ])('%s has the declared columns, and is refused without any', async (path, content) => {
    await bench.write(path, content);
    expect(await bench.land({ path, columns: { id: 'bigint', at: 'timestamptz' } })).toMatchObject({
      types: { id: 'BIGINT', at: 'TIMESTAMP WITH TIME ZONE' },
      rows: [],
    });
    await expect(bench.land({ path })).rejects.toThrow('is empty, so its columns cannot be found');
  });

  test('a header alone gives text columns', async () => {
    await bench.write('a.csv', 'id,name\n');
    expect(await bench.land({ path: 'a.csv' })).toMatchObject({
      types: { id: 'VARCHAR', name: 'VARCHAR' },
      rows: [],
    });
  });

  test.each([
    ['a.json', '42', 'quarantine'],
    ['a.ndjson', '42', 'quarantine'],
    ['a.ndjson', 'x\n', 'quarantine'],
    ['a.ndjson', '{}\n', 'fail'],
  ])('%s with %s, which is not empty, on a bad row: %s', async (path, content, on_bad_row) => {
    await bench.write(path, content);
    expect(await bench.complaint({ path, on_bad_row })).toEqual([
      `land/unreadable No record of ${path} is an object with keys, so its columns cannot be found.`,
    ]);
  });

  test.each([
    ['data/order-1.csv', 'did you mean "data/orders-1.csv"?'],
    ['dat/order-1.csv', 'did you mean "data/orders-1.csv"?'],
    ['dat/*.json', 'did you mean "data/*.json"?'],
    ['dat/other.csv', 'data/ has broken.csv, orders-1.csv'],
    ['data/', 'data is a folder; its files are data/*'],
    ['data/broken.csv', 'data/broken.csv is a link to what does not exist'],
    ['~/orders-1.csv', 'a path begins with `/` or in the project: `~` has no meaning here'],
  ])('a path that matches nothing, %s, names what is near', async (path, hint) => {
    await bench.write('data/orders-1.csv', 'id\n');
    await symlink('nowhere.csv', join(bench.rootDir, 'data', 'broken.csv'));
    await expect(fileConnector.inspect(sourceTable({ path }), bench.context())).rejects.toMatchObject({
      diagnostics: [
        {
          code: 'land/no-files',
          message: expect.stringContaining(`"${path}", the path of shop.orders.`),
          hint,
        },
      ],
    });
  });

  test('what is no regular file is refused instead of waited for', async () => {
    const server = createServer().listen(join(bench.rootDir, 'a.csv'));
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    for (const path of ['a.csv', '*.csv'])
      await expect(fileConnector.inspect(sourceTable({ path }), bench.context())).rejects.toMatchObject({
        diagnostics: [
          {
            code: 'land/unreadable',
            message:
              'shop.orders cannot be read: a.csv is not a regular file but a pipe, a socket or a device.',
          },
        ],
      });
  });
});

describe('names and beginnings of files', () => {
  test.each(['csv', 'ndjson', 'json', 'parquet'])(
    'whose names look like globs are read themselves, as %s',
    async (format) => {
      const names = ['b[a]', 'ba', 's*r', 'star', 'x]y[z]?', 'x]yza'];
      for (const name of names) {
        await bench.connection.run(`copy (select ${quoteString(name)} as s) to
          ${quoteString(join(bench.rootDir, `${name}.${format}`))} (format ${format.replace('nd', '')})`);
      }
      for (const name of names) {
        const { rows } = await bench.land({ path: `${name}.${format}`, filename: true });
        expect(rows).toEqual([{ s: name, filename: `${name}.${format}` }]);
      }
    },
  );

  test.each([
    ['a.json', '{"id":1}'],
    ['a.json', '[{"id":1}]'],
    ['a.ndjson', '{"id":1}\n'],
  ])('a byte order mark in %s is no part of it', async (path, content) => {
    await bench.write(path, `\uFEFF${content}`);
    for (const on_bad_row of ['fail', 'quarantine'])
      expect(await bench.land({ path, on_bad_row, filename: true })).toMatchObject({
        rows: [{ id: 1n, filename: path }],
      });
  });
});

test('columns of several formats are one, in whatever case; keys of JSON are found', async () => {
  await bench.write('case/a.csv', 'id,Note,none\n1,a,\n');
  await bench.write('case/b.ndjson', '{"ID": 2, "note": "b", "NONE": null}\n');
  await bench.connection.run(
    `copy (select 3::bigint as Id, 'c' as NOTE) to '${bench.rootDir}/case/c.parquet'`,
  );
  const { types, rows } = await bench.land({ path: 'case/*' });
  expect(types).toEqual({ ID: 'BIGINT', note: 'VARCHAR', NONE: 'VARCHAR' });
  expect(rows).toEqual([
    { ID: 1n, note: 'a', NONE: null },
    { ID: 2n, note: 'b', NONE: null },
    { ID: 3n, note: 'c', NONE: null },
  ]);
  const { untyped } = await fileConnector.describe(sourceTable({ path: 'case/*' }), bench.context());
  expect(untyped).toEqual(['NONE']);
});

test('keys of JSON that nobody looked for are those that are declared', async () => {
  await bench.write('exact/a.csv', 'Id,Name\n1,a\n');
  await bench.write('exact/b.json', '[{"ID":2,"name":"b"}]');
  const columns = { ID: 'BIGINT', name: 'VARCHAR' };
  const { rows } = await bench.land({ path: 'exact/*', infer_columns: false, columns });
  expect(rows).toEqual([
    { ID: 1n, name: 'a' },
    { ID: 2n, name: 'b' },
  ]);
});
