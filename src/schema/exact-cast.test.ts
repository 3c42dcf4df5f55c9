import { expect, test } from 'vitest';
import { connectionOfFile } from '../../test/support/connection.js';
import { exactCast } from './exact-cast.js';

const { connection } = await connectionOfFile({ threads: 1 });
const cast = async (value: string, from: string, to: string) => {
  const sql = exactCast('v', from, to, 'v');
  const [row] = await connection.rows(
    `select cast(${sql} as varchar) as v from (select ${value}::${from} as v)`,
  );
  return row!.v;
};

test.each([
  ['3.0', 'DOUBLE', 'INTEGER', '3'],
  ['null', 'DOUBLE', 'INTEGER', null],
  ['0.1', 'DOUBLE', 'DECIMAL(18,2)', '0.10'],
  ['5.10', 'DECIMAL(18,2)', 'DECIMAL(18,1)', '5.1'],
  ["'12'", 'VARCHAR', 'BIGINT', '12'],
  ["'2024-01-01 00:00:00'", 'TIMESTAMP', 'DATE', '2024-01-01'],
  ['9007199254740992', 'BIGINT', 'DOUBLE', '9007199254740992.0'],
  ["'nan'", 'DOUBLE', 'FLOAT', 'nan'],
  ['7', 'HUGEINT', 'DECIMAL(38,0)', '7'],
])('%s, a %s, is %s as it is', async (value, from, to, text) => {
  expect(await cast(value, from, to)).toBe(text);
});

test.each([
  ['2.7', 'DOUBLE', 'INTEGER'],
  ['0.125', 'DOUBLE', 'DECIMAL(18,2)'],
  ['5.15', 'DECIMAL(18,2)', 'DECIMAL(18,1)'],
  ["'2.7'", 'VARCHAR', 'INTEGER'],
  ["'007'", 'VARCHAR', 'INTEGER'],
  ["'2024-01-01 10:00:00'", 'TIMESTAMP', 'DATE'],
  ['9007199254740993', 'BIGINT', 'DOUBLE'],
  ['0.1', 'DOUBLE', 'FLOAT'],
])('%s, a %s, is no %s', async (value, from, to) => {
  await expect(cast(value, from, to)).rejects.toThrow(
    `The column "v" is ${to} and would not hold ${value.replaceAll("'", '')}, which is ${from}`,
  );
});

test('a wider type needs no look', () => {
  expect(exactCast('v', 'INTEGER', 'BIGINT', 'v')).toBe('cast(v as BIGINT)');
  expect(exactCast('v', 'STRUCT(a INTEGER)', 'STRUCT(a DOUBLE)', 'v')).toBe('cast(v as STRUCT(a DOUBLE))');
});
