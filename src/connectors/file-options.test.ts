import { rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { memoryMemo } from '../../test/support/memory-memo.js';
import { connectorTestBench, sourceTable } from './connector-test-bench.js';
import { fileConnector } from './file.js';

const bench = connectorTestBench(fileConnector);

describe('CSV options', () => {
  test('without a header the declared columns name the fields, in order', async () => {
    await bench.write('a.csv', '1,a\n2,b\n');
    expect((await bench.land({ path: 'a.csv', header: false })).rows[0]).toEqual({
      column0: 1n,
      column1: 'a',
    });
    const columns = { id: 'INTEGER', s: 'VARCHAR' };
    expect((await bench.land({ path: 'a.csv', header: false, columns })).rows[0]).toEqual({ id: 1, s: 'a' });
    expect(await bench.complaint({ path: 'a.csv', header: false, columns: { id: 'INTEGER' } })).toEqual([
      'land/unreadable a.csv has 2 fields in its first row, but `columns` names 1.',
    ]);
  });

  test('dialect, texts for NULL, lines to skip and formats of time', async () => {
    await bench.write(
      'a.csv',
      "exported today\n\nid|at|zoned|day|s\n1|31.12.2024 10:00|x|31.12.2024|'a|b'\n-|-|-|-|-\n",
    );
    const options = { path: 'a.csv', skip_rows: 1, quote: "'", null_values: ['-'], date_format: '%d.%m.%Y' };
    const { types, rows } = await bench.land({ ...options, timestamp_format: '%d.%m.%Y %H:%M' });
    expect(types).toEqual({ id: 'BIGINT', at: 'TIMESTAMP', zoned: 'VARCHAR', day: 'DATE', s: 'VARCHAR' });
    expect(rows).toEqual([
      { id: 1n, at: '2024-12-31 10:00:00', zoned: 'x', day: '2024-12-31', s: 'a|b' },
      { id: null, at: null, zoned: null, day: null, s: null },
    ]);
  });

  test.each([
    ['a.csv', 'id,at\n1,31.12.2024 10:00 +0200\n'],
    ['a.ndjson', '{"id":1,"at":"31.12.2024 10:00 +0200"}\n'],
  ])('a timestamp format with a zone, in %s', async (path, content) => {
    await bench.write(path, content);
    expect(await bench.land({ path, timestamp_format: '%d.%m.%Y %H:%M %z' })).toMatchObject({
      types: { at: 'TIMESTAMP WITH TIME ZONE' },
      rows: [{ at: '2024-12-31 08:00:00+00' }],
    });
  });

  test('names that are missing, repeated or spread over lines', async () => {
    await bench.write('a.csv', '\uFEFFa,,A,"b\nc"\r\n1,2,3,4\r\n');
    expect((await bench.land({ path: 'a.csv' })).rows).toEqual([{ a: 1n, column1: 2n, A_1: 3n, 'b\nc': 4n }]);
  });

  test('UTF-16', async () => {
    await bench.write('a.csv', Buffer.from('\uFEFFid,ä\n1,ö\n', 'utf16le'));
    expect((await bench.land({ path: 'a.csv', encoding: 'utf-16' })).rows).toEqual([{ id: 1n, ä: 'ö' }]);
    expect((await bench.complaint({ path: 'a.csv' }))[0]).toMatch(
      /^land\/unreadable The first row of a\.csv is not/,
    );
  });

  test.each([
    ['utf-16', Buffer.from('id,ä\n1,😀\n', 'utf16le'), { id: 1n, ä: '😀' }],
    ['utf-16', Buffer.from('\uFEFFid,ä\n1,😀\n', 'utf16le').swap16(), { id: 1n, ä: '😀' }],
    ['utf-16', gzipSync(Buffer.from('\uFEFFid,ä\n1,ö\n', 'utf16le')), { id: 1n, ä: 'ö' }],
    ['latin-1', Buffer.from('id,\xe4\n1,\x80 \x96\n', 'latin1'), { id: 1n, ä: '€ –' }],
  ])('in %s, whatever the order of bytes and the characters', async (encoding, content, row) => {
    const path = content[0] === 0x1f ? 'a.csv.gz' : 'a.csv';
    await bench.write(path, content);
    expect((await bench.land({ path, encoding })).rows).toEqual([row]);
  });

  test('files in another encoding have their own paths, in columns and in rejects', async () => {
    await bench.write('in/k=ä/a.csv', Buffer.from('id\n1\nx\n', 'latin1'));
    const path = join(bench.rootDir, '..', `outside-${process.pid}.csv`);
    await writeFile(path, Buffer.from('id\n2\ny\n', 'latin1'));
    onTestFinished(() => rm(path));
    const columns = { id: 'BIGINT' };
    const options = { path: ['in/**/*.csv', path], encoding: 'latin-1', filename: true, columns };
    expect(await bench.complaint(options)).toEqual([
      'land/bad-row 2 rows of shop.orders cannot be read.',
      `${path}:3  "y" is not of type BIGINT (column "id")\ny`,
      'in/k=ä/a.csv:3  "x" is not of type BIGINT (column "id")\nx',
    ]);
    expect(await bench.land({ ...options, on_bad_row: 'quarantine' })).toMatchObject({
      rows: [
        { id: 2n, filename: path },
        { id: 1n, filename: 'in/k=ä/a.csv' },
      ],
      rejected: [{ file: path }, { file: 'in/k=ä/a.csv' }],
    });
  });

  test('bytes that are not of the encoding', async () => {
    await bench.write(
      'a.csv',
      Buffer.concat([Buffer.from('id\n', 'utf16le'), Buffer.from([0, 0xd8, 10, 0])]),
    );
    expect(await bench.complaint({ path: 'a.csv', encoding: 'utf-16' })).toEqual([
      'land/unreadable a.csv is not valid utf-16.',
    ]);
  });
});

describe('columns', () => {
  test('are matched whatever their case, and must exist', async () => {
    await bench.write('a.csv', 'Id,Name\n007,a\n');
    expect(await bench.land({ path: 'a.csv', columns: { id: 'VARCHAR' } })).toMatchObject({
      types: { Id: 'VARCHAR', Name: 'VARCHAR' },
      rows: [{ Id: '007', Name: 'a' }],
    });
    expect(await bench.complaint({ path: 'a.csv', columns: { nam: 'VARCHAR' } })).toEqual([
      'land/unreadable No file of shop.orders has the declared column "nam".',
    ]);
    expect(await bench.complaint({ path: 'a.csv', columns: { id: 'NUMBER', name: 'BIT' } })).toEqual([
      'project/invalid-value Column "id" of shop.orders: "NUMBER" is no type of DuckDB.',
      'project/invalid-value Column "name" of shop.orders: BIT cannot be stored: Parquet has no bit strings.',
    ]);
  });

  test('of JSON may be missing everywhere, and may be all there is', async () => {
    await bench.write('a.ndjson', '{"id":1,"more":2}\n');
    expect(await bench.land({ path: 'a.ndjson', columns: { rare: 'DATE' } })).toMatchObject({
      types: { id: 'BIGINT', more: 'BIGINT', rare: 'DATE' },
      rows: [{ rare: null }],
    });
    const only = { path: 'a.ndjson', columns: { id: 'HUGEINT' }, infer_columns: false };
    expect(await bench.land(only)).toMatchObject({ types: { id: 'DECIMAL(38,0)' }, rows: [{ id: '1' }] });
  });

  test('of JSON whose keys cannot be told apart are refused', async () => {
    await bench.write('a.ndjson', '{"ID":1}\n{"id":2}\n');
    expect(await bench.complaint({ path: 'a.ndjson' })).toEqual([
      'land/unreadable The records of shop.orders have the keys "ID" and "id", which would be one column.',
    ]);
  });

  test('that files have in common only are refused with union_by_name: false', async () => {
    await bench.write('a.csv', 'id,x\n1,2\n');
    await bench.write('b.csv', 'id\n1\n');
    expect(await bench.complaint({ path: '*.csv', union_by_name: false })).toEqual([
      'land/unreadable The files of shop.orders have different columns:\na.csv: id, x\nb.csv: id',
    ]);
  });

  test('whose types have nothing in common are refused', async () => {
    await bench.connection.run(`copy (select 1::bigint as id) to '${bench.rootDir}/a.parquet'`);
    await bench.connection.run(`copy (select 0.5::double as id) to '${bench.rootDir}/b.parquet'`);
    expect(await bench.complaint({ path: '*.parquet' })).toEqual([
      'land/unreadable Column "id" of shop.orders is BIGINT in some files and DOUBLE in b.parquet; no type holds both exactly.',
    ]);
    expect((await bench.land({ path: '*.parquet', columns: { id: 'VARCHAR' } })).rows).toEqual([
      { id: '1' },
      { id: '0.5' },
    ]);
  });
});

describe('files', () => {
  test('come from lists and patterns, sorted, each once', async () => {
    for (const name of ['b/2.csv', 'a/1.csv', 'a/.hidden.csv', 'c[1].csv', 'x.txt'])
      await bench.write(name, 'id\n1\n');
    const inspected = async (path: string | string[]) =>
      (await fileConnector.inspect(sourceTable({ path, format: 'csv' }), bench.context())).inputs;
    expect(await inspected('**/*.csv')).toEqual(['a/1.csv', 'b/2.csv', 'c[1].csv']);
    expect(await inspected(['b/*', '{a,b}/[0-9].csv', './a/../a/1.csv'])).toEqual(['a/1.csv', 'b/2.csv']);
    expect(await inspected('c[1].csv')).toEqual(['c[1].csv']);
    expect(await inspected('c?1?.???')).toEqual(['c[1].csv']);
    expect(await inspected(join(bench.rootDir, '?', '1.csv'))).toEqual(['a/1.csv']);
    expect((await bench.land({ path: 'c[1].csv' })).rows).toHaveLength(1);
  });

  test('of several formats make one table', async () => {
    await bench.write('a.csv', "id,s\n1,'x'\n");
    await bench.write('b.json', '{"id":2,"n":{"m":1}} {"id":3}');
    await bench.connection.run(
      `copy (select 4::smallint as id, 0.5::double as x) to '${bench.rootDir}/c.parquet'`,
    );
    expect(await bench.land({ path: ['*.parquet', 'a.csv', '*.json'], quote: '' })).toMatchObject({
      types: { id: 'BIGINT', s: 'VARCHAR', n: 'STRUCT(m BIGINT)', x: 'DOUBLE' },
      rows: [
        { id: 1n, s: "'x'", n: null, x: null },
        { id: 2n, s: null, n: { m: 1n }, x: null },
        { id: 3n, s: null, n: null, x: null },
        { id: 4n, s: null, n: null, x: 0.5 },
      ],
    });
  });

  test('that are missing may be no error', async () => {
    const columns = { id: 'BIGINT' };
    expect(await bench.land({ path: 'none/*.csv', allow_empty: true, columns })).toMatchObject({
      types: columns,
      rows: [],
    });
    expect(await bench.complaint({ path: 'none/*.csv' })).toEqual([
      'land/no-files No file matches "none/*.csv", the path of shop.orders.',
    ]);
    expect(await bench.complaint({ path: 'none/*.csv', allow_empty: true })).toEqual([
      'land/unreadable shop.orders has no files, and `columns` does not say what it would hold.',
    ]);
  });

  test('of a format that their name does not show need it said', async () => {
    await bench.write('data', 'id\n1\n');
    expect(await bench.complaint({ path: 'data' })).toEqual([
      'land/unreadable The format of data cannot be told from its name.',
    ]);
    expect((await bench.land({ path: 'data', format: 'csv' })).rows).toEqual([{ id: 1n }]);
  });

  test('that have not changed are not read again, and a fresh change is never missed', async () => {
    const memo = memoryMemo();
    const keyOf = async () =>
      (await fileConnector.inspect(sourceTable({ path: 'a.csv' }), { ...bench.context(), memo })).dataKey;
    await bench.write('a.csv', 'id\n1\n');
    const first = await keyOf();
    expect(memo.entries.size).toBe(0);
    await bench.write('a.csv', 'id\n2\n');
    expect(await keyOf()).not.toBe(first);
    await bench.write('a.csv', 'id\n1\n');
    const old = new Date(Date.now() - 60_000);
    await utimes(join(bench.rootDir, 'a.csv'), old, old);
    expect(await keyOf()).toBe(first);
  });
});
