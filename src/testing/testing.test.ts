import { AssertionError } from 'node:assert';
import { expect, test } from 'vitest';
import { columnsOf, dedupe, incremental, type Relation, ref, sql, star, vars, when } from '../index.js';
import { expectSql, rows, sqlOf } from '../testing.js';

const cents = (column: string) => sql`cast(${sql.ref(column)} * 0.01 as decimal(18, 2))`;
const since = (column: string) => sql`${sql.ref(column)} >= ${vars.start_date}`;
const names = <Row>(table: Relation<Row>) => sql.join(columnsOf(table).map(({ name }) => sql.id(name)));

test('the exact SQL of a macro', () => {
  expectSql(cents('o.price')).toBe('cast("o"."price" * 0.01 as decimal(18, 2))');
  expectSql(sql`select\n  1`).toRead('select 1');
  expectSql(`it's`).toBe(`'it''s'`);
  expectSql(() => since('day'), { vars: { start_date: '2024-01-01' } }).toContain(`>= '2024-01-01'`);
  expectSql(() => when(incremental, sql`where true`), { incremental: true }).toBe('where true');
  expect(sqlOf(() => when(incremental, sql`where true`))).toBe('');
  expectSql(() => names(ref('t')), { columns: { t: { a: 'BIGINT', b: 'DATE' } } }).toBe('"a", "b"');
});

test('a difference is an assertion error with both texts', () => {
  const thrown = (action: () => void) => {
    try {
      action();
    } catch (error) {
      return error as AssertionError;
    }
    return undefined;
  };
  const error = thrown(() => expectSql(cents('a')).toBe('cents'));
  expect(error).toBeInstanceOf(AssertionError);
  expect([error?.actual, error?.expected]).toEqual(['cast("a" * 0.01 as decimal(18, 2))', 'cents']);
  expect(thrown(() => expectSql(cents('a')).toMatch(/^b/))).toBeInstanceOf(AssertionError);
  expect(thrown(() => expectSql(() => names(ref('t'))))?.message).toContain(
    "The macro asks for the columns of t: say them with { columns: { 't': { id: 'BIGINT' } } }.",
  );
  expect(thrown(() => expectSql(() => since('day')))?.message).toContain('There is no variable "start_date"');
});

test('what one call sees of a model, the next one does not', () => {
  const day = { vars: { start_date: '2024-01-01' } };
  expect(sqlOf(() => `${sqlOf(() => since('d'), { vars: { start_date: 1 } })} ${vars.start_date}`, day)).toBe(
    `'"d" >= 1 2024-01-01'`,
  );
  expect(() => since('day')).toThrow('"vars" has no value');
});

test('a table in a plain text is an error', () => {
  expect(() => `select * from ${ref('orders')}`).toThrow('The table orders stands in a text');
});

test('a query that does not parse is told as it is, and not as an expression', async () => {
  await expect(rows(sql`select 1 as a frm t`)).rejects.toThrow('syntax error at or near "frm"');
  await expect(rows(sql`1 +`)).rejects.toThrow('syntax error at or near "as"');
});

test('a table that is not given, and a value without a column, are errors that say so', async () => {
  const given = { t: { columns: { a: 'INTEGER' }, rows: [{ a: 1, aa: 2 }] } };
  await expect(rows(sql`from t`, { given })).rejects.toThrow(
    'A row of the given table t has "aa", which is none of its columns: a.',
  );
  await expect(rows(sql`from ${ref('u')}`, { given: { t: [{ a: 1 }] } })).rejects.toThrow(
    'The SQL reads u, which the test does not give: write given: { u: [{ … }] }.',
  );
});

test('the rows of a macro over given tables', async () => {
  const given = {
    'shop.orders': [
      { id: 1, at: 1, note: "it's", tags: ['x'] },
      { id: 1, at: 2, note: null, tags: [] },
    ],
  };
  expect(await rows(() => dedupe(ref('shop.orders'), { key: 'id', orderBy: 'at' }), { given })).toEqual([
    { id: 1n, at: 2n, note: null, tags: '[]' },
  ]);
  expect(
    await rows(() => sql`select ${star(ref('shop.orders'), { except: ['at', 'tags'] })} from shop.orders`, {
      given,
    }),
  ).toEqual([
    { id: 1n, note: "it's" },
    { id: 1n, note: null },
  ]);
});

test('an expression is selected from the given table; types can be said', async () => {
  const t = {
    columns: { price: 'INTEGER', day: 'DATE', tags: 'VARCHAR[]' },
    rows: [{ price: 199, day: '2024-01-31', tags: ['a', "b'"] }],
  };
  expect(await rows(cents('price'), { given: { t } })).toEqual([{ value: '1.99' }]);
  expect(await rows(sql`select *, ${cents('price')} as usd from t`, { given: { t } })).toEqual([
    { price: 199, day: '2024-01-31', tags: ['a', "b'"], usd: '1.99' },
  ]);
  expect(await rows(sql`1 + 1`)).toEqual([{ value: 2 }]);
  expect(await rows(sql`select count(*) as n from t`, { given: { t: { ...t, rows: [] } } })).toEqual([
    { n: 0n },
  ]);
  await expect(rows(sql`select nope from t`, { given: { t } })).rejects.toThrow(/nope/);
  await expect(rows(sql`from t`, { given: { t: [] } })).rejects.toThrow('The given table t has no rows');
});
