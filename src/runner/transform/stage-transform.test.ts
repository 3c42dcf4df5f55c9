import * as arrow from 'apache-arrow';
import { expect, test } from 'vitest';
import { transformFixture } from './transform-fixtures.js';

const { staged } = await transformFixture();

const everything = `select 1::bigint as b, 2::tinyint as t, 1.50::decimal(10,2) as d, date '2024-01-31' as day,
  timestamp '2024-01-31 10:00:00.123456' as at, 'é' as s, [1.5::decimal(3,1), null] as l,
  { 'x': 1::bigint, 'y': date '2024-01-01' } as st, map { 'k': 7 } as m, 'a'::enum('a', 'b') as e,
  uuid '00000000-0000-0000-0000-000000000001' as u, true as o, 0.5::double as f, null::varchar as n,
  -170141183460469231731687303715884105727::hugeint as h, [{ 'n': sum(5) }, null] as hs, null::hugeint as hn,
  to_months(-14) - to_days(3) - to_microseconds(14706500000) as i, [interval 2 year, to_hours(30)] as il`;

test('rows come in as generated types say, and go out as they are declared', async () => {
  const seen: unknown[] = [];
  const inColumns: unknown[] = [];
  await staged(everything, { x: 'INTEGER' }, async function* (batches) {
    for await (const batch of batches) {
      seen.push(...batch);
      for (const name of ['b', 'l', 'st', 'm', 'h', 'hs', 'hn', 'lost']) {
        const column = batch.getChild(name);
        inColumns.push(column && [column.length, column.get(0), ...column]);
      }
    }
    yield [];
  });
  expect(seen).toEqual([
    {
      b: 1n,
      t: 2,
      d: '1.50',
      day: '2024-01-31',
      at: '2024-01-31 10:00:00.123456',
      s: 'é',
      l: ['1.5', null],
      st: { x: 1n, y: '2024-01-01' },
      m: [{ key: 'k', value: 7 }],
      e: 'a',
      u: '00000000-0000-0000-0000-000000000001',
      o: true,
      f: 0.5,
      n: null,
      h: 1n - 2n ** 127n,
      hs: [{ n: 5n }, null],
      hn: null,
      i: { months: -14, days: -3, micros: '-14706500000' },
      il: [
        { months: 24, days: 0, micros: '0' },
        { months: 0, days: 0, micros: '108000000000' },
      ],
    },
  ]);
  const ofOneRow = (value: unknown) => [1, value, value];
  expect(inColumns).toEqual([
    ofOneRow(1n),
    ofOneRow(['1.5', null]),
    ofOneRow({ x: 1n, y: '2024-01-01' }),
    ofOneRow([{ key: 'k', value: 7 }]),
    ofOneRow(1n - 2n ** 127n),
    ofOneRow([{ n: 5n }, null]),
    ofOneRow(null),
    null,
  ]);

  const columns = {
    b: 'BIGINT',
    d: 'DECIMAL(10,2)',
    at: 'TIMESTAMP',
    z: 'TIMESTAMPTZ',
    l: 'DECIMAL(3,1)[]',
    st: 'STRUCT(x BIGINT, y DATE)',
    m: 'MAP(VARCHAR, INTEGER)',
    j: 'JSON',
    bytes: 'BLOB',
    n: 'HUGEINT',
  };
  const rows = await staged('select 1', columns, async function* () {
    yield {
      b: 9_007_199_254_740_993n,
      d: '1.50',
      at: '2024-01-31 10:00:00.123456',
      z: new Date('2024-01-31T10:00:00Z'),
      l: ['1.5', null],
      st: { x: 1n, y: '2024-01-01' },
      m: { k: 7 },
      j: { deep: ['"', null] },
      bytes: new Uint8Array([0, 255]),
      n: 2n ** 100n,
    };
    yield { b: 5, d: 2, at: null, z: undefined, l: [], st: null, m: {}, j: 'null', bytes: null, n: 1 };
  });
  expect(rows).toEqual([
    {
      b: 9_007_199_254_740_993n,
      d: '1.50',
      at: '2024-01-31 10:00:00.123456',
      z: '2024-01-31 10:00:00+00',
      l: ['1.5', null],
      st: { x: 1n, y: '2024-01-01' },
      m: [{ key: 'k', value: 7 }],
      j: '{"deep":["\\"",null]}',
      bytes: '\\x00\\xFF',
      n: 2n ** 100n,
    },
    { b: 5n, d: '2.00', at: null, z: null, l: [], st: null, m: [], j: 'null', bytes: null, n: 1n },
  ]);
});

test('batches, rows and lists of rows may be mixed and keep their order; none at all is an empty table', async () => {
  const columns = { i: 'INTEGER', s: 'VARCHAR' };
  const rows = await staged(
    'select i, i::varchar as s from range(5) as r(i)',
    columns,
    async function* (batches) {
      for await (const batch of batches) {
        yield batch;
        yield { s: 'row', i: batch.numRows };
        yield [];
        yield new arrow.RecordBatch({
          s: arrow.vectorFromArray(['arrow'], new arrow.Utf8()).data[0]!,
          i: arrow.vectorFromArray([9], new arrow.Int8()).data[0]!,
        });
      }
    },
  );
  expect(rows.map(({ i, s }) => `${i} ${s}`)).toEqual([
    '0 0',
    '1 1',
    '2 row',
    '9 arrow',
    '2 2',
    '3 3',
    '2 row',
    '9 arrow',
    '4 4',
    '1 row',
    '9 arrow',
  ]);
  expect(await staged('select 1', columns, async function* () {})).toEqual([]);
});

test('what does not fit the columns is refused in words', async () => {
  const refused = (columns: Readonly<Record<string, string>>, item: unknown) =>
    expect(
      staged('select 1 as a', columns, async function* () {
        yield item;
      }),
    ).rejects;
  await refused({ id: 'BIGINT' }, { id: 1.5 }).toThrow(
    'Row 1 has number 1.5 in column "id", which is BIGINT.',
  );
  await refused({ id: 'BIGINT' }, { idd: 1 }).toThrow(
    '"idd", which is no column of the transform; did you mean "id"?',
  );
  await refused({ id: 'BIGINT' }, 5).toThrow(
    'It yielded number 5, which is neither a row nor a record batch.',
  );
  await refused({ id: 'TINYINT' }, { id: 500 }).toThrow(
    'Row 1 has number 500 in column "id", which is TINYINT.',
  );
  await refused(
    { id: 'BIGINT' },
    new arrow.RecordBatch({ x: arrow.vectorFromArray([1], new arrow.Int8()).data[0]! }),
  ).toThrow('A record batch lacks id; the transform declares id.');
});
