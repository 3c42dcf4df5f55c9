import { afterAll, beforeAll, expect, test } from 'vitest';
import { everyType, selectOf } from '../../test/support/every-type.js';
import { openDuckdb } from '../engine/duckdb.js';
import type { Engine } from '../ports/engine.js';
import { QueryBinder } from './bind-queries.js';
import { EngineSession } from './engine-session.js';
import { rowColumns } from './row-columns.js';

const queries = [
  ...Object.keys(everyType).map(selectOf),
  'select 1 as a, 2 as a, 3 as a',
  'select 1 as a, 2 as "A", 3 as a_1',
  'select 1 as a_1, 2 as a, 3 as a',
  'select 1 as a, 2 as a_2',
  'select 1 as _1, 2 as "_", 3 as __2',
  "select null, 1 + 1, count(*), 'x,y', [1, 2], {'a b': 1, 'c\"d': 2}, ('(', ')')",
  'select 1 as "a ""b"" c", 2 as "x,y", 3 as "(", 4 as "\'", 5 as "a\nb", 6 as "größe 🦆", 7 as "select"',
  'select * from (select 1 as id, 2 as v) as a join (select 1 as id, 3 as w) as b using (id)',
  'select a.*, b.* from (select 1 as id, 2 as v) as a, (select 1 as id, 3 as w) as b',
  'select t from (select 1 as t, 2 as u) as t',
  'select t from (select 1 as u) as t',
  "select union_value(k := 1) as u, map {'a': [1]} as m, union_value(k := 1)::union(k integer, s varchar) as w",
  'from (values (1, 2)) -- the end',
  'values (1, true)',
  'with recursive r(n) as (select 1 union all select n + 1 from r where n < 3) select * from r',
  "pivot (select 'a' as k, 1 as v) on k in ('a', 'b') using sum(v)",
  'select unnest([1, 2]) as n, unnest([{a: 1, b: 2}], recursive := true)',
  "select 'a'::enum('a', '(', ''',') as e, 1::decimal(10, 3) as d, '1'::bit as b, now() as t",
  'select "a row of the query" from (select 1 as "a row of the query", 2 as b)',
];

let engine: Engine;
beforeAll(async () => {
  engine = await openDuckdb({ tempDir: '/tmp' });
});
afterAll(() => engine.close());

test('queries that are bound together have the columns that each has by itself', async () => {
  const asked = queries.map((sql, i) => ({ sql, sqlKey: `${i}`, reads: [], macros: [] }));
  const noMemo = { get: () => undefined, set: () => {} };
  const statements: string[] = [];
  const connect = async () => {
    const connection = await engine.connect();
    const { rows } = connection;
    return Object.assign(connection, {
      rows: (sql: string) => {
        statements.push(sql);
        return rows.call(connection, sql);
      },
    });
  };
  const session = new EngineSession(async () => ({ connect, close: () => {} }), 1);
  const together = await new QueryBinder(session, noMemo, '').bind(asked);
  expect(statements.length).toBeLessThan(10);
  for (const [i, query] of asked.entries()) {
    const [alone] = await new QueryBinder(session, noMemo, '').bind([query]);
    expect(together[i], query.sql).toEqual(alone);
    expect(alone, query.sql).toHaveProperty('columns');
  }
  await session.close();
});

test.each([
  ['STRUCT(a INTEGER)', [['a', 'INTEGER']]],
  [
    'STRUCT("a, (b" DECIMAL(18,2), c STRUCT("x ""y" ENUM(\',\', \')\'), z INTEGER[])[])',
    [
      ['a, (b', 'DECIMAL(18,2)'],
      ['c', 'STRUCT("x ""y" ENUM(\',\', \')\'), z INTEGER[])[]'],
    ],
  ],
  [
    'STRUCT(t TIMESTAMP WITH TIME ZONE, "n" "NULL")',
    [
      ['t', 'TIMESTAMP WITH TIME ZONE'],
      ['n', '"NULL"'],
    ],
  ],
])('reads %s', (type, columns) => {
  expect(rowColumns(type)).toEqual(columns.map(([name, of]) => ({ name, type: of })));
});

test('does not tell where a name may be one that DuckDB gave', () => {
  for (const type of ['STRUCT(a INTEGER, a_1 INTEGER)', 'STRUCT("A_12" INTEGER, a INTEGER)', 'INTEGER'])
    expect(rowColumns(type)).toBeUndefined();
});
