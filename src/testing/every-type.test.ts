import { expect, test } from 'vitest';
import { connectionOfFile } from '../../test/support/connection.js';
import { everyType, selectOf } from '../../test/support/every-type.js';
import { sql } from '../index.js';
import { rows } from '../testing.js';

const { connection } = await connectionOfFile({ threads: 1 });

test('what rows() gives may be given to it, in every type', async () => {
  const given: Record<string, { columns: { v: string }; rows: Record<string, unknown>[] }> = {};
  // NaN inside a list comes out as text, and goes in as a number.
  for (const type of Object.keys(everyType).filter((each) => each !== 'DOUBLE[]')) {
    given[type] = { columns: { v: type }, rows: [...(await connection.rows(selectOf(type)))] };
  }
  const lists = Object.keys(given).map(
    (type, i) => sql`(select list(v) as ${sql.id(`c${i}`)} from ${sql.id(type)})`,
  );
  const [found] = await rows(sql`from ${sql.join(lists)}`, { given });
  const wanted = Object.values(given).map((table) => table.rows.map(({ v }) => v));
  expect(Object.values(found!)).toEqual(wanted);
});

test('values of JavaScript inside of others', async () => {
  const columns = { v: 'STRUCT(d DOUBLE[], b BLOB, m MAP(VARCHAR, HUGEINT), t TIMESTAMP, j JSON)' };
  const v = {
    d: [Number.NaN, -0, 1n],
    b: new Uint8Array([0, 92]),
    m: new Map([['k', 2n ** 100n]]),
    t: new Date('2024-01-31T10:00:00Z'),
    j: { a: [1] },
  };
  expect(await rows(sql`from t`, { given: { t: { columns, rows: [{ v }] } } })).toEqual([
    {
      v: {
        d: ['NaN', -0, 1],
        b: '\\x00\\x5C',
        m: [{ key: 'k', value: 2n ** 100n }],
        t: '2024-01-31 10:00:00',
        j: '{"a":[1]}',
      },
    },
  ]);
});
