import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { connectorTestBench } from './connector-test-bench.js';
import { fileConnector } from './file.js';

const bench = connectorTestBench(fileConnector);

const badCsv = 'id,n\n1,2\n2,abc\n3,4,5\n4\n5,7\nx,y\n6,"z\n';
const badNdjson = `${[
  '{"id":1,"n":2}',
  '{"id":2,"n":"abc"}',
  '',
  '{"id":3,"n":',
  'not json',
  '{"id":"x","n":5,"extra":7}',
  '[1,2]',
  '{"id":6,"n":null}',
].join('\r\n')}\r\n`;
const numbers = { id: 'BIGINT', n: 'INTEGER' };

describe('a row that cannot be read fails the landing', () => {
  test('CSV: up to five rows with file, line, reason and text, and how many there are', async () => {
    await bench.write('a.csv', 'id,n\n1,1\n');
    await bench.write('b.csv', badCsv);
    expect(await bench.complaint({ path: '*.csv', columns: numbers })).toEqual([
      'land/bad-row 5 rows of shop.orders cannot be read.',
      'b.csv:3  "abc" is not of type INTEGER (column "n")\n2,abc',
      'b.csv:4  expected 2 fields, found 3\n3,4,5',
      'b.csv:5  expected 2 fields, found 1\n4',
      'b.csv:7  "x" is not of type BIGINT; "y" is not of type INTEGER (column "id")\nx,y',
      'b.csv:8  a quote that is never closed, or text behind a closing one\n6,"z',
    ]);
  });

  test('CSV: a row that lacks fields, or has too many, says so once', async () => {
    await bench.write('a.csv', 'a,b,c,d\n1,2,3,4\n1\n1,2\n1,2,3,4,5,6\n');
    expect(await bench.complaint({ path: 'a.csv' })).toEqual([
      'land/bad-row 3 rows of shop.orders cannot be read.',
      'a.csv:3  expected 4 fields, found 1\n1',
      'a.csv:4  expected 4 fields, found 2\n1,2',
      'a.csv:5  expected 4 fields, found 6\n1,2,3,4,5,6',
    ]);
  });

  test('CSV without declared types: rows that do not match the header', async () => {
    await bench.write('b.csv.gz', gzipSync('id,n\n1,2\n3,4,5\n'));
    expect(await bench.complaint({ path: 'b.csv.gz' })).toEqual([
      'land/bad-row One row of shop.orders cannot be read.',
      'b.csv.gz:3  expected 2 fields, found 3\n3,4,5',
    ]);
  });

  test('CSV: a row too long to be put aside whole is shown in part', async () => {
    await bench.write('long.csv', `id,n\nx,${'ä€'.repeat(10_000)}\n`);
    const [shown] = await bench.complaint({ path: 'long.csv', columns: numbers });
    expect(shown).toMatch(/^land\/unreadable shop\.orders cannot be read: CSV Error on Line: 2\n.*ä€.*…\n/);
    expect(shown!.length).toBeLessThan(1_500);
    expect(await bench.complaint({ path: 'long.csv', columns: numbers, on_bad_row: 'quarantine' })).toEqual([
      'land/unreadable shop.orders has a bad row of more than 10,000 bytes, which cannot be put aside because of its characters besides ASCII.',
    ]);
  });

  test('CSV that is not UTF-8', async () => {
    await bench.write('a.csv', Buffer.from('id,s\n1,\xe4\n', 'latin1'));
    expect(await bench.complaint({ path: 'a.csv' })).toEqual([
      'land/bad-row One row of shop.orders cannot be read.',
      'a.csv:2  text that is not valid in the encoding of the file (column "s")\n1,?',
    ]);
    await expect(bench.land({ path: 'a.csv' })).rejects.toMatchObject({
      diagnostics: [
        {
          hint: 'set `encoding`, such as `encoding: latin-1`, fix the files, or put such rows into shop.orders__rejected with `on_bad_row: quarantine`',
        },
      ],
    });
    expect((await bench.land({ path: 'a.csv', encoding: 'latin-1' })).rows).toEqual([{ id: 1n, s: 'ä' }]);
  });

  test('a first row that is not UTF-8 says which encoding its mark names', async () => {
    const text = 'id,s\n1,ä\n';
    const files = [
      [Buffer.from(`\ufeff${text}`, 'utf16le'), 'set `encoding: utf-16`: its byte order mark says so'],
      [
        Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
        'set `encoding: utf-16`: its byte order mark says so',
      ],
      [Buffer.from('\xe4,s\n', 'latin1'), 'set `encoding`, such as `encoding: latin-1`'],
    ] as const;
    for (const [content, hint] of files) {
      await bench.write('a.csv', content);
      await expect(bench.land({ path: 'a.csv' })).rejects.toMatchObject({
        diagnostics: [
          { code: 'land/unreadable', message: 'The first row of a.csv is not valid utf-8.', hint },
        ],
      });
    }
    await bench.write('a.csv', files[1][0]);
    expect((await bench.land({ path: 'a.csv', encoding: 'utf-16' })).rows).toEqual([{ id: 1n, s: 'ä' }]);
  });

  test('CSV with both kinds of line break', async () => {
    const files = { 'a.csv': 'a,b\n1,"\r\n2"\n3,4\r\n5,6\n', 'b.csv': 'a,b\r\n1,2\r\n"",4\n5,6\r\n' };
    for (const [path, content] of Object.entries(files)) await bench.write(path, content);
    for (const options of [{}, { columns: { a: 'VARCHAR', b: 'VARCHAR' } }, { on_bad_row: 'quarantine' }]) {
      expect(await bench.complaint({ path: '*.csv', ...options })).toEqual([
        'land/bad-row 2 rows of shop.orders cannot be read.',
        'a.csv:4  does not end with the same line break as the first row',
        'b.csv:3  does not end with the same line break as the first row',
      ]);
    }
  });

  test('NDJSON', async () => {
    await bench.write('a.ndjson', '{"id":0}\n');
    await bench.write('b.ndjson.gz', gzipSync(badNdjson));
    expect(await bench.complaint({ path: '*.ndjson*', columns: numbers })).toEqual([
      'land/bad-row 3 rows of shop.orders cannot be read.',
      'b.ndjson.gz:4  malformed JSON\n{"id":3,"n":',
      'b.ndjson.gz:5  malformed JSON\nnot json',
      'b.ndjson.gz:7  expected an object, found an array\n[1,2]',
    ]);
    expect(await bench.complaint({ path: '*.ndjson*', columns: numbers, infer_columns: false })).toEqual([
      'land/bad-row 5 rows of shop.orders cannot be read.',
      'b.ndjson.gz:2  "abc" is not of type INTEGER (column "n")\n{"id":2,"n":"abc"}',
      'b.ndjson.gz:4  malformed JSON\n{"id":3,"n":',
      'b.ndjson.gz:5  malformed JSON\nnot json',
      'b.ndjson.gz:6  "x" is not of type BIGINT (column "id")\n{"id":"x","n":5,"extra":7}',
      'b.ndjson.gz:7  expected an object, found an array\n[1,2]',
    ]);
  });

  test('JSON', async () => {
    await bench.write('a.json', '[{"id":1},\n{"id":"x"}]');
    expect(await bench.complaint({ path: 'a.json', columns: { id: 'INTEGER' } })).toEqual([
      'land/bad-row One row of shop.orders cannot be read.',
      'a.json:2  "x" is not of type INTEGER (column "id")\n{"id":"x"}',
    ]);
    await bench.write('a.json', '[1, "x"]');
    expect(await bench.complaint({ path: 'a.json' })).toEqual([
      'land/bad-row 2 rows of shop.orders cannot be read.',
      'a.json:1  expected an object, found a number\n1',
      'a.json:2  expected an object, found a text\n"x"',
    ]);
    await bench.write('a.json', '[{"id":1},\n{"id":');
    expect(await bench.complaint({ path: 'a.json' })).toEqual([
      'land/unreadable shop.orders cannot be read: Malformed JSON in file "a.json", at byte 7 in record/value 3: unexpected end of data.',
    ]);
  });
});

test('a file that is no Parquet, is a folder or may not be read says so', async () => {
  await bench.write('a.parquet', 'nothing of the kind');
  expect(await bench.complaint({ path: 'a.parquet' })).toEqual([
    `land/unreadable shop.orders cannot be read: No magic bytes found at end of file 'a.parquet'`,
  ]);
  await bench.write('d.csv/x.txt', '');
  expect(await bench.complaint({ path: 'd.csv' })).toEqual([
    'land/no-files There is no file "d.csv", the path of shop.orders.',
  ]);
});

test.each([
  ['https://example.org/*.csv', 'https:', 'sources are files on a disk: fetch them before the build'],
  ['s3://bucket/a.csv', 's3:', 'sources are files on a disk: fetch them before the build'],
  ['file:///tmp/a.csv', 'file:', 'write the path without file://'],
])('a URL is not looked for on the disk: %s', async (path, scheme, hint) => {
  for (const allow_empty of [false, true]) {
    await expect(bench.land({ path, allow_empty, columns: { id: 'INTEGER' } })).rejects.toMatchObject({
      diagnostics: [
        {
          code: 'land/no-files',
          message: `The path of shop.orders begins with ${scheme}//, and URLs are not read.`,
          hint,
        },
      ],
    });
  }
});

test('a compressed file that is cut off is refused', async () => {
  const rows = Array.from({ length: 10_000 }, (_, i) => `${i},row ${i * 7919}`);
  const whole = gzipSync(`id,s\n${rows.join('\n')}\n`);
  await bench.write('a.csv.gz', whole.subarray(0, whole.length / 2));
  const message = 'cannot be decompressed: it is cut off or corrupt.';
  expect(await bench.complaint({ path: 'a.csv.gz' })).toEqual([`land/unreadable a.csv.gz ${message}`]);
  const zst = `${bench.rootDir}/a.csv.zst`;
  await bench.connection.run(`copy (select range as id, hash(range) as h from range(10000)) to '${zst}'`);
  expect((await bench.land({ path: 'a.csv.zst' })).rows).toHaveLength(10_000);
  const bytes = await readFile(zst);
  await bench.write('a.csv.zst', bytes.subarray(0, bytes.length - 3));
  expect(await bench.complaint({ path: 'a.csv.zst' })).toEqual([`land/unreadable a.csv.zst ${message}`]);
});

describe('on_bad_row: quarantine', () => {
  const quarantine = { on_bad_row: 'quarantine', columns: numbers };

  test('CSV', async () => {
    await bench.write('a.csv', 'id,n\n1,1\n');
    await bench.write('b.csv', badCsv);
    const { rows, rejected } = await bench.land({ path: '*.csv', ...quarantine });
    expect(rows).toEqual([
      { id: 1n, n: 1 },
      { id: 1n, n: 2 },
      { id: 5n, n: 7 },
    ]);
    expect(rejected).toEqual([
      { file: 'b.csv', line: 3n, column: 'n', reason: '"abc" is not of type INTEGER', raw: '2,abc' },
      { file: 'b.csv', line: 4n, column: null, reason: 'expected 2 fields, found 3', raw: '3,4,5' },
      { file: 'b.csv', line: 5n, column: null, reason: 'expected 2 fields, found 1', raw: '4' },
      {
        file: 'b.csv',
        line: 7n,
        column: 'id',
        reason: '"x" is not of type BIGINT; "y" is not of type INTEGER',
        raw: 'x,y',
      },
      {
        file: 'b.csv',
        line: 8n,
        column: null,
        reason: 'a quote that is never closed, or text behind a closing one',
        raw: '6,"z\n',
      },
    ]);
  });

  test('NDJSON', async () => {
    await bench.write('a.ndjson', '{"id":0}\n');
    await bench.write('b.ndjson.gz', gzipSync(badNdjson));
    const { rows, rejected } = await bench.land({ path: '*.ndjson*', ...quarantine, filename: true });
    expect(rows).toEqual([
      { id: 0n, n: null, extra: null, filename: 'a.ndjson' },
      { id: 1n, n: 2, extra: null, filename: 'b.ndjson.gz' },
      { id: 6n, n: null, extra: null, filename: 'b.ndjson.gz' },
    ]);
    expect(rejected!.map((row) => [row.file, row.line, row.column, row.reason])).toEqual([
      ['b.ndjson.gz', 2n, 'n', '"abc" is not of type INTEGER'],
      ['b.ndjson.gz', 4n, null, 'malformed JSON'],
      ['b.ndjson.gz', 5n, null, 'malformed JSON'],
      ['b.ndjson.gz', 6n, 'id', '"x" is not of type BIGINT'],
      ['b.ndjson.gz', 7n, null, 'expected an object, found an array'],
    ]);
  });

  test('values deep inside are checked too', async () => {
    await bench.write(
      'a.ndjson',
      [
        '{"a":{"x":1,"l":[{"y":"2024-01-01"},{},null]}}',
        '{"a":{"x":1,"l":[{"y":"01.01.2024"}]}}',
        '{"a":[]}',
        '{"a":null}',
        '{}',
        'oops',
      ].join('\n'),
    );
    const { rows, rejected } = await bench.land({
      path: 'a.ndjson',
      on_bad_row: 'quarantine',
      columns: { a: 'STRUCT(x INTEGER, l STRUCT(y DATE)[])' },
    });
    expect(rows).toEqual([
      { a: { x: 1, l: [{ y: '2024-01-01' }, { y: null }, null] } },
      { a: null },
      { a: null },
    ]);
    expect(rejected!.map((row) => row.line)).toEqual([2n, 3n, 6n]);
  });

  test('rows of CSV and JSON files are put aside together', async () => {
    await bench.write('both/1.csv', 'id,name\n1,a\nx,y\n');
    await bench.write('both/2.json', '[{"id":2,"name":"b"},{"id":"z","name":"b"}]');
    const columns = { id: 'BIGINT', name: 'VARCHAR' };
    const { rows, rejected } = await bench.land({ path: 'both/*', on_bad_row: 'quarantine', columns });
    expect(rows.map(({ id }) => id)).toEqual([1n, 2n]);
    expect(rejected!.map(({ file, raw }) => [file, raw])).toEqual([
      ['both/1.csv', 'x,y'],
      ['both/2.json', '{"id":"z","name":"b"}'],
    ]);
  });

  test('nothing to put aside is an empty table', async () => {
    await bench.write('a.ndjson', '{"id":0}\n');
    await bench.write('a.csv', 'id\n0\n');
    expect((await bench.land({ path: 'a.ndjson', on_bad_row: 'quarantine' })).rejected).toEqual([]);
    expect((await bench.land({ path: 'a.csv', on_bad_row: 'quarantine' })).rejected).toEqual([]);
    expect((await bench.land({ path: 'a.csv' })).rejected).toBeUndefined();
  });
});
