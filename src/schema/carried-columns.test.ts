import { describe, expect, test } from 'vitest';
import { connectionOfFile } from '../../test/support/connection.js';
import { carriedColumns, grownType, type Renames, sharesFields } from './carried-columns.js';

const { connection } = await connectionOfFile();

/** A value of an earlier type as it is carried into the column `now`, as text. */
async function carried(value: string, before: string, now: string, renames: Renames = {}) {
  const columns = carriedColumns([{ name: 'v', type: before }], [{ name: 'v', type: now }], renames);
  const [row] = await connection.rows(
    `select cast(v as varchar) as v from (select ${columns} from (select cast(${value} as ${before}) as v))`,
  );
  return row!.v;
}

test('columns keep their values under their new names, and ones that are new are NULL', () => {
  const before = [
    { name: 'id', type: 'INTEGER' },
    { name: 'amount', type: 'INTEGER', fieldId: 7 },
    { name: 'gone', type: 'INTEGER' },
    { name: 'Case', type: 'DATE' },
  ];
  const now = [
    { name: 'total', type: 'BIGINT' },
    { name: 'case', type: 'DATE' },
    { name: 'note', type: 'VARCHAR' },
  ];
  const sql =
    'cast("amount" as BIGINT) as "total", cast("Case" as DATE) as "case", cast(null as VARCHAR) as "note"';
  expect(carriedColumns(before, now, { total: 'amount' })).toBe(sql);
  // The field id says it too, once the line is gone.
  expect(carriedColumns(before, [{ ...now[0]!, fieldId: 7 }, ...now.slice(1)], {})).toBe(sql);
  // A rename whose old name is there again was carried out.
  expect(
    carriedColumns(before, [...now, { name: 'amount', type: 'INTEGER' }], { total: 'amount' }),
  ).toContain('cast(null as BIGINT) as "total"');
});

describe('values inside of values', () => {
  test.each([
    [
      'fields that are new are NULL',
      '{x: 1}',
      'STRUCT(x INTEGER)',
      'STRUCT(x INTEGER, y DATE)',
      {},
      "{'x': 1, 'y': NULL}",
    ],
    ['no field is left', '{x: 1}', 'STRUCT(x INTEGER)', 'STRUCT(y DATE)', {}, "{'y': NULL}"],
    ['a struct that is NULL stays so', 'null', 'STRUCT(x INTEGER)', 'STRUCT(y DATE)', {}, null],
    [
      'renamed fields',
      '{"full name": 1, b: 2}',
      'STRUCT("full name" INTEGER, b INTEGER)',
      'STRUCT(b BIGINT, "Name" BIGINT)',
      { 'v.Name': 'full name' },
      "{'b': 2, 'Name': 1}",
    ],
    [
      'in lists of lists',
      '[[{a: 1}, null], null]',
      'STRUCT(a INTEGER)[][]',
      'STRUCT(b INTEGER)[][]',
      { 'v[][].b': 'a' },
      "[[{'b': 1}, NULL], NULL]",
    ],
    [
      'in the values of maps',
      "map {'k': [{a: 1}]}",
      'MAP(VARCHAR, STRUCT(a INTEGER)[])',
      'MAP(VARCHAR, STRUCT(b INTEGER)[])',
      { 'v[value][].b': 'a' },
      "{k=[{'b': 1}]}",
    ],
  ] as const)('%s', async (_, value, before, now, renames, text) => {
    expect(await carried(value, before, now, renames as unknown as Renames)).toBe(text);
  });
});

test.each([
  ['STRUCT(x INTEGER)', 'STRUCT(y DATE, x BIGINT)', {}, 'STRUCT(x INTEGER, y DATE)'],
  ['STRUCT(x INTEGER)', 'STRUCT(y DATE)', {}, 'STRUCT(x INTEGER, y DATE)'],
  ['STRUCT(x INTEGER)[]', 'STRUCT(y DATE)[]', { 'v[].y': 'x' }, 'STRUCT(y INTEGER)[]'],
  [
    'MAP(DATE, STRUCT(a STRUCT(b DATE)))',
    'MAP(DATE, STRUCT(a STRUCT(c DATE)))',
    {},
    'MAP(DATE, STRUCT(a STRUCT(b DATE, c DATE)))',
  ],
  ['BIGINT', 'INTEGER', {}, 'BIGINT'],
])('%s grows by %s', (before, now, renames, grown) => {
  expect(grownType(before, now, 'v', renames as unknown as Renames)).toBe(grown);
});

test('structs share fields or do not, at every depth', () => {
  expect(sharesFields('STRUCT(x INTEGER, y DATE)', 'STRUCT(X BIGINT)')).toBe(true);
  expect(sharesFields('STRUCT(y DATE)', 'STRUCT(x INTEGER)')).toBe(false);
  expect(sharesFields('STRUCT(a STRUCT(y DATE))[]', 'STRUCT(a STRUCT(x DATE))[]')).toBe(false);
});
