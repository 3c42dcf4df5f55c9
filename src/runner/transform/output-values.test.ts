import * as arrow from 'apache-arrow';
import { describe, expect, test } from 'vitest';
import { transformFixture } from './transform-fixtures.js';

const { staged, yielding } = await transformFixture();

/** A type, a value of it in JavaScript, and what DuckDB then has. */
const kept: readonly (readonly [type: string, value: unknown, stored: unknown])[] = [
  ['VARCHAR[]', ['line 1\nline 2', 'C:\\new\ttab', '"', null, 'a\0b', "it's"], undefined],
  ['VARCHAR[][]', [['a, b]', '['], [], null], undefined],
  ['VARCHAR[2]', ['a"', 'b\n'], undefined],
  ["ENUM('a b', 'c\"')[]", ['a b', 'c"'], undefined],
  ['DECIMAL(10,2)[]', ['1.50', 2, 3n, 0.1 + 0.2, null], ['1.50', '2.00', '3.00', '0.30', null]],
  ['DOUBLE[]', [Number.NaN, Number.NEGATIVE_INFINITY, 1.5, -0], ['NaN', '-Infinity', 1.5, -0]],
  ['STRUCT(b BLOB[])', { b: ['\\x5Cx41', new Uint8Array([92])] }, { b: ['\\x5Cx41', '\\x5C'] }],
  ['FLOAT[3]', new Float32Array([1, 0.5, -2]), [1, 0.5, -2]],
  ['BIGINT[]', [2n ** 63n - 1n, -(2n ** 63n), 5], [2n ** 63n - 1n, -(2n ** 63n), 5n]],
  ['UBIGINT', 2n ** 64n - 1n, undefined],
  ['UINTEGER', 2 ** 32 - 1, undefined],
  ['HUGEINT', 10n ** 38n - 1n, undefined],
  ['HUGEINT', '-170141183460469231731687303715884105', -170141183460469231731687303715884105n],
  ['DOUBLE', 2n ** 70n, 2 ** 70],
  [
    'TIMESTAMP[]',
    [new Date('2024-01-31T10:00:00Z'), '2024-02-01'],
    ['2024-01-31 10:00:00', '2024-02-01 00:00:00'],
  ],
  ['BLOB', '\\x00a\\xff', '\\x00a\\xFF'],
  ['BLOB[]', [new Uint8Array([0, 97, 34, 255]), '\\x01b'], ['\\x00a\\x22\\xFF', '\\x01b']],
  ['JSON[]', ['{"a":"\\n"}', { b: [1] }], ['{"a":"\\n"}', '{"b":[1]}']],
  ['STRUCT(a VARCHAR, "b c" INTEGER[])', { a: 'x\ny', 'b c': [1] }, undefined],
  ['STRUCT(a VARCHAR, b INTEGER)', { a: 'x' }, { a: 'x', b: null }],
  ['MAP(VARCHAR, INTEGER)', new Map([['a\n', 1]]), [{ key: 'a\n', value: 1 }]],
  ['MAP(VARCHAR, INTEGER)', [{ key: 'a', value: 1 }], undefined],
  [
    'MAP(INTEGER, BOOLEAN)',
    { 1: true, '-2': null },
    [
      { key: 1, value: true },
      { key: -2, value: null },
    ],
  ],
  ['MAP(DATE, DOUBLE)', new Map([['2024-01-31', 1]]), [{ key: '2024-01-31', value: 1 }]],
  [
    'STRUCT(m MAP(VARCHAR, MAP(INTEGER[], BLOB))[])',
    { m: [new Map([['k', new Map([[[1, 2], new Uint8Array([1])]])]]), null] },
    { m: [[{ key: 'k', value: [{ key: [1, 2], value: '\\x01' }] }], null] },
  ],
];

test.each(kept)('%s keeps %o', async (type, value, stored) => {
  expect(await yielding({ c: type }, { c: value }, { c: null })).toEqual([
    { c: stored ?? value },
    { c: null },
  ]);
});

/** A type, a value that is none of it, and what is said. */
const refused: readonly (readonly [type: string, value: unknown, message: string])[] = [
  ['BIGINT', 2n ** 63n, 'bigint 9223372036854775808 in column "c", which is BIGINT.'],
  [
    'BIGINT',
    2 ** 60,
    'number 1152921504606847000 in column "c", which is BIGINT (a number of this size is not exact, a bigint is).',
  ],
  ['UBIGINT', 1.5, 'number 1.5 in column "c", which is UBIGINT.'],
  ['UTINYINT', -1, 'number -1 in column "c", which is UTINYINT.'],
  ['integer', 3_000_000_000, 'number 3000000000 in column "c", which is integer.'],
  ['HUGEINT', 1.5, 'number 1.5 in column "c", which is HUGEINT.'],
  [
    'HUGEINT',
    2 ** 70,
    'number 1.1805916207174113e+21 in column "c", which is HUGEINT (a number of this size',
  ],
  ['HUGEINT', 10n ** 38n, 'in column "c", which is HUGEINT.'],
  ['DECIMAL(38,0)', 2 ** 70, 'which is DECIMAL(38,0) (a number of this size'],
  ['DECIMAL(4,2)', 123.4, 'the text "123.4" in column "c", which is DECIMAL(4,2).'],
  ['FLOAT', 1e300, 'number 1e+300 in column "c", which is FLOAT.'],
  ['DOUBLE', 2n ** 70n + 1n, 'in column "c", which is DOUBLE.'],
  ['DATE', '2024-13-01', 'the text "2024-13-01" in column "c", which is DATE.'],
  ['DATE', new Date('x'), 'an invalid Date in column "c", which is DATE.'],
  ["ENUM('a', 'b')", 'c', `the text "c" in column "c", which is ENUM('a', 'b').`],
  ['INTEGER[]', [1, 2.5], 'number 2.5 at [1] of column "c", which is INTEGER[].'],
  ['INTEGER[]', ['3'], 'the text "3" at [0] of column "c", which is INTEGER[].'],
  ['INTEGER[]', [true], 'boolean true at [0] of column "c", which is INTEGER[].'],
  ['VARCHAR[]', 'abc', 'the text "abc" in column "c", which is VARCHAR[].'],
  ['VARCHAR[]', new Map(), 'an object (Map) in column "c", which is VARCHAR[].'],
  ['DOUBLE[3]', [1, 2], 'an array in column "c", which is DOUBLE[3] (it has 2 elements).'],
  [
    'STRUCT(a INTEGER)',
    { b: 1 },
    'an object in column "c", which is STRUCT(a INTEGER) (it has "b", which is no field).',
  ],
  [
    'STRUCT(a STRUCT(b DATE[]))',
    { a: { b: [5] } },
    'number 5 at .a.b[0] of column "c", which is STRUCT(a STRUCT(b DATE[])).',
  ],
  [
    'MAP(VARCHAR, INTEGER)',
    new Map([['a', 1.5]]),
    'number 1.5 at ["a"] of column "c", which is MAP(VARCHAR, INTEGER).',
  ],
  [
    'MAP(INTEGER, INTEGER)',
    { a: 1 },
    'the text "a" in column "c", which is MAP(INTEGER, INTEGER) (it is a key of type INTEGER).',
  ],
  [
    'MAP(INTEGER, INTEGER)',
    [
      { key: 1, value: 1 },
      { key: 1, value: 2 },
    ],
    '(it has the key 1 twice).',
  ],
  ['BLOB', 'é', '(bytes as text are written like \\x00\\xFF).'],
  ['JSON', '{a', 'the text "{a" in column "c", which is JSON.'],
  ['JSON', { a: [Number.NaN] }, '(JSON has no such number).'],
  [
    'DATE[]',
    ['2024-01-01', 'soon'],
    'the text "[\\"2024-01-01\\",\\"soon\\"]" in column "c", which is DATE[].',
  ],
];

test.each(refused)('%s refuses %o', async (type, value, message) => {
  const rows = [{ c: null }, { c: value }];
  const failed = yielding({ c: type }, ...rows);
  await expect(failed).rejects.toThrow('Row 2 has ');
  await expect(failed).rejects.toThrow(message);
});

describe('what comes in may go out again', () => {
  const columns = {
    m: 'MAP(VARCHAR, INTEGER)',
    deep: 'STRUCT(a MAP(INTEGER, BLOB)[])',
    b: 'BLOB',
    h: 'HUGEINT',
    at: 'TIMESTAMP',
    j: 'JSON',
  };
  const row = `select map { 'k': 7 } as m, { 'a': [map { 1: '\\x00a'::blob }, null] } as deep,
    '\\xFF'::blob as b, '1208925819614629174706176'::hugeint as h, timestamp '2024-01-31 10:00:00' as at, '{"a": 1}'::json as j`;
  const input = `${row} union all select null, null, null, null, null, null`;
  const stored = [
    {
      m: [{ key: 'k', value: 7 }],
      deep: { a: [[{ key: 1, value: '\\x00a' }], null] },
      b: '\\xFF',
      h: 2n ** 80n,
      at: '2024-01-31 10:00:00',
      j: '{"a": 1}',
    },
    { m: null, deep: null, b: null, h: null, at: null, j: null },
  ];

  test('as rows', async () => {
    const rows = await staged(input, columns, async function* (batches) {
      for await (const batch of batches) yield [...batch];
    });
    expect(rows).toEqual(stored);
  });

  test('as record batches', async () => {
    expect(await staged(input, columns, (batches) => batches)).toEqual(stored);
  });

  test('as the values of Arrow itself', async () => {
    const type = { l: 'INTEGER[]', s: 'STRUCT(a INTEGER)' };
    const rows = await staged("select [1, null] as l, { 'a': 1 } as s", type, async function* (batches) {
      for await (const batch of batches) {
        yield { l: batch.getChild('l')!.get(0), s: batch.getChild('s')!.get(0) };
      }
    });
    expect(rows).toEqual([{ l: [1, null], s: { a: 1 } }]);
  });
});

test('tables of Arrow are batches, also inside arrays', async () => {
  const table = new arrow.Table({ a: arrow.vectorFromArray([1, 2], new arrow.Int32()) });
  expect(await yielding({ a: 'BIGINT' }, table, [{ a: 3 }, ...table.batches])).toEqual(
    [1n, 2n, 3n, 1n, 2n].map((a) => ({ a })),
  );
});

test('texts of a record batch become what DuckDB reads in them', async () => {
  const batch = new arrow.RecordBatch({
    m: arrow.vectorFromArray(['{a=1}', null], new arrow.Utf8()).data[0]!,
  });
  expect(await yielding({ m: 'MAP(VARCHAR, INTEGER)' }, batch)).toEqual([
    { m: [{ key: 'a', value: 1 }] },
    { m: null },
  ]);
});

test('rows are counted over everything that was yielded', async () => {
  const batch = (...days: string[]) =>
    new arrow.RecordBatch({ day: arrow.vectorFromArray(days, new arrow.Utf8()).data[0]! });
  await expect(
    yielding({ day: 'DATE' }, batch('2024-01-01'), { day: '2024-01-02' }, batch('2024-01-03', 'soon')),
  ).rejects.toThrow('Row 4 has the text "soon" in column "day", which is DATE.');
  await expect(yielding({ day: 'DATE' }, batch('2024-01-01'), { day: 5 })).rejects.toThrow(
    'Row 2 has number 5',
  );
});

const others: readonly (readonly [item: unknown, message: string])[] = [
  [null, 'It yielded null, which is neither'],
  [[[{ a: 1 }]], 'It yielded an array inside an array, which'],
  [[Promise.resolve({ a: 1 })], 'It yielded a promise that was not awaited, which'],
  [new Map([['a', 1]]), 'It yielded an object (Map), which'],
  [new Date(), 'It yielded a Date, which'],
  [new Uint8Array([1]), 'It yielded an object (Uint8Array), which'],
  [{}, 'It yielded an object (Object) without any of the columns a.'],
  [{ toJSON: () => 'text' }, 'It yielded an object, which'],
];

test.each(others)('%o is no row', async (item, message) => {
  await expect(yielding({ a: 'INTEGER' }, item)).rejects.toThrow(message);
});
