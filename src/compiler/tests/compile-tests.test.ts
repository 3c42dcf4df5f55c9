import { beforeAll, describe, expect, test } from 'vitest';
import { connectionOfFile } from '../../../test/support/connection.js';
import { LineIndex, type Span } from '../../diagnostics/span.js';
import type { NodeConfig, TestAssertion, TestConfig } from '../../ir/project.js';
import { compileParts, shown } from '../compile-fixtures.js';
import type { ProjectParts } from '../compile-input-fixture.js';
import { assertionSql } from './assertion-sql.js';

const { connection } = await connectionOfFile({ threads: 1 });
const yaml = new LineIndex('tests: [one, two]');
const span: Span = yaml.span('models/orders.sql', 8, 11);
const config = (assertion: TestAssertion, more: Partial<TestConfig> = {}): TestConfig => ({
  assertion,
  severity: 'error',
  span,
  ...more,
});
const shop = (tests: readonly TestConfig[], more: Partial<NodeConfig> = {}): ProjectParts => ({
  models: {
    orders: "select 1 as id, 2 as customer_id, 'paid' as status, 5 as amount",
    customers: 'select 2 as id',
  },
  configs: { orders: { tests, ...more } },
});

describe('data tests', () => {
  test('get names as in dbt, their inputs and thresholds', async () => {
    const { value, diagnostics } = await compileParts(
      shop([
        config({ kind: 'unique', columns: ['id', 'customer_id'] }),
        config({ kind: 'relationships', columns: ['customer_id'], to: 'Customers', field: 'id' }),
        config(
          { kind: 'expression', expression: 'amount >= (select min(id) from customers)' },
          { severity: 'warn' },
        ),
        config({ kind: 'row_count', min: 1 }, { where: "status = 'paid'", name: 'enough' }),
        config({ kind: 'not_null', columns: ['id'] }, { warnIf: '> 1', errorIf: '> 10' }),
        config({ kind: 'not_null', columns: ['id'] }, { where: 'amount > 0' }),
        config({ kind: 'accepted_values', columns: ['status'], values: ['paid', null, "o'k"] }),
      ]),
    );
    expect(diagnostics.map(shown)).toEqual([]);
    expect(
      value.tests.map(({ name, reads, severity, warnIf, errorIf }) => [
        name,
        reads,
        severity,
        warnIf,
        errorIf,
      ]),
    ).toEqual([
      ['unique_orders_id_customer_id', ['orders'], 'error', '> 0', '> 0'],
      ['relationships_orders_customer_id_Customers_id', ['customers', 'orders'], 'error', '> 0', '> 0'],
      [
        'expression_orders_amount_select_min_id_from_customers',
        ['customers', 'orders'],
        'warn',
        '> 0',
        '> 0',
      ],
      ['enough', ['orders'], 'error', '> 0', '> 0'],
      ['not_null_orders_id', ['orders'], 'error', '> 1', '> 10'],
      ['not_null_orders_id_2', ['orders'], 'error', '> 0', '> 0'],
      ['accepted_values_orders_status_paid_null_o_k', ['orders'], 'error', '> 0', '> 0'],
    ]);
    expect(new Set(value.tests.map(({ logic }) => logic)).size).toBe(7);
    expect(value.tests[0]).toMatchObject({
      node: 'orders',
      columns: ['id', 'customer_id'],
      path: 'models/orders.sql',
      span,
    });
  });

  test('of files are queries with a name, a place and inputs', async () => {
    const { value, diagnostics } = await compileParts({
      ...shop([]),
      tests: {
        no_big: 'select * from orders where amount > 100;',
        wrong: '\nselect amout from orders',
        lost: 'from ordrs',
      },
    });
    expect(value.tests).toEqual([
      {
        name: 'no_big',
        columns: [],
        path: 'tests/no_big.sql',
        tags: [],
        kind: 'query',
        severity: 'error',
        warnIf: '> 0',
        errorIf: '> 0',
        sql: 'select * from orders where amount > 100',
        reads: ['orders'],
        logic: expect.any(String),
      },
    ]);
    expect(diagnostics.map(shown)).toEqual([
      'tests/lost.sql:1:6-11 compile/unknown-model There is no model, seed or source table "ordrs". | did you mean "orders"?',
      'tests/wrong.sql:2:8-13 compile/unknown-column Column "amout" does not exist in orders. | did you mean "amount"?',
    ]);
  });

  test('have another logic with other SQL', async () => {
    const logicOf = async (amount: number) => {
      const { value } = await compileParts({
        ...shop([config({ kind: 'expression', expression: `amount < ${amount}` })]),
        tests: { no_big: `select * from orders where amount > ${amount}` },
      });
      return value.tests.map(({ logic }) => logic);
    };
    const [first, second, again] = [await logicOf(1), await logicOf(2), await logicOf(1)];
    expect(again).toEqual(first);
    expect(new Set([...first, ...second]).size).toBe(4);
  });

  test('have another logic with other macros and settings, and say when they ask for the time', async () => {
    const testOf = async (sql: string, factor = 2, init?: string) => {
      const { value } = await compileParts({
        seeds: { rates: 'rate DOUBLE' },
        tests: { t: sql },
        sqlMacros: {
          'macros/a.sql': `create macro scaled(a) as a * ${factor}; create macro today_() as now();`,
        },
        ...(init !== undefined && { init }),
      });
      return value.tests[0]!;
    };
    const scaled = 'from rates where scaled(rate) > 1';
    const { logic, repeatable } = await testOf(scaled);
    expect(repeatable).toBeUndefined();
    expect((await testOf(scaled)).logic).toBe(logic);
    expect((await testOf(scaled, 3)).logic).not.toBe(logic);
    expect((await testOf(scaled, 2, "set TimeZone = 'Asia/Tokyo'")).logic).not.toBe(logic);
    const plain = await testOf('from rates');
    expect((await testOf('from rates', 3)).logic).toBe(plain.logic);
    expect((await testOf('from rates where now() is null')).repeatable).toBe(false);
    expect((await testOf('from rates where today_() is null')).repeatable).toBe(false);
  });

  test('report their errors where they stand in YAML', async () => {
    const { diagnostics } = await compileParts(
      shop([
        config({ kind: 'not_null', columns: ['idd'] }),
        config({ kind: 'relationships', columns: ['customer_id'], to: 'custmers', field: 'id' }),
        config({ kind: 'relationships', columns: ['customer_id'], to: 'customers', field: 'idd' }),
        config({ kind: 'expression', expression: 'amout > 0' }),
        config({ kind: 'expression', expression: 'amount >' }),
        config({ kind: 'unique', columns: ['id'] }, { where: 'statsu = 1' }),
      ]),
    );
    const at = 'models/orders.sql:1:9-12';
    expect(diagnostics.map(shown)).toEqual([
      `${at} compile/unknown-column Column "idd" does not exist in orders. | did you mean "id"?`,
      `${at} compile/unknown-model There is no model, seed or source table "custmers". | did you mean "customers"?`,
      `${at} compile/unknown-column Column "idd" does not exist in customers. | did you mean "id"?`,
      `${at} compile/syntax-error Syntax error at or near ")".`,
      `${at} compile/unknown-column Column "amout" does not exist in orders. | did you mean "amount"?`,
      `${at} compile/unknown-column Column "statsu" does not exist in orders. | did you mean "status"?`,
    ]);
    const { text, start, end } = diagnostics[4]!.excerpt!;
    expect(text.slice(start, end)).toBe('amout');
  });

  test('of freshness are of dates and timestamps, and never the same twice', async () => {
    const fresh = config({ kind: 'freshness', columns: ['AT'], after: ['1 hour'] });
    const of = (sql: string) => compileParts({ models: { m: sql }, configs: { m: { tests: [fresh] } } });
    const { value, diagnostics } = await of('select current_date as at');
    expect(diagnostics).toEqual([]);
    expect(value.tests).toMatchObject([{ name: 'freshness_m_AT', columns: ['AT'], repeatable: false }]);
    expect((await of("select 'x' as at")).diagnostics.map(shown)).toEqual([
      'models/orders.sql:1:9-12 compile/type-mismatch "at" of m is VARCHAR; freshness is that of a date or a timestamp. | name a column that says when a row came or changed',
    ]);
  });

  test('compare values of one type, whatever DuckDB would make of others', async () => {
    const { diagnostics } = await compileParts(
      shop([
        config({ kind: 'accepted_values', columns: ['status'], values: ['paid', 1] }),
        config({ kind: 'accepted_values', columns: ['ID'], values: [1, '2', 'x', '1.5'] }),
        config({ kind: 'relationships', columns: ['status'], to: 'customers', field: 'id' }),
      ]),
    );
    const at = 'models/orders.sql:1:9-12';
    expect(diagnostics.map(shown)).toEqual([
      `${at} compile/type-mismatch "status" of orders is VARCHAR, and 1 is no text. | write it in quotes, as the column has it: '1'`,
      `${at} compile/type-mismatch "status" of orders is VARCHAR, and "id" of customers is INTEGER. | cast one of them in its model, so that both have one type`,
      `${at} project/invalid-value "x" does not fit "id" of orders, which is INTEGER.`,
      `${at} project/invalid-value "1.5" does not fit "id" of orders, which is INTEGER.`,
    ]);
  });

  test('say nothing about nodes that have an error of their own', async () => {
    const { value, diagnostics } = await compileParts({
      models: { orders: 'select x from customers', customers: 'select 2 as id' },
      configs: {
        orders: { tests: [config({ kind: 'expression', expression: 'y > 1' })] },
        customers: { tests: [config({ kind: 'relationships', columns: ['id'], to: 'orders', field: 'x' })] },
      },
      tests: { t: 'select y from orders' },
    });
    expect(diagnostics).toHaveLength(1);
    expect(value.tests).toEqual([]);
  });
});

describe('the failing rows', () => {
  beforeAll(async () => {
    await connection.run(`
      create schema "my shop"; create table "my shop"."o""k" (id int, "a b" varchar);
      insert into "my shop"."o""k" values (1, 'x'), (1, 'x'), (2, 'y'), (null, null), (null, null), (3, null);
      create table parent (key int); insert into parent values (1), (2), (null)`);
  });
  const name = 'my shop.o"k';
  const typeOf = (column: string) => (column === 'id' ? 'INTEGER' : 'VARCHAR');

  test.each<[string, TestAssertion, string | undefined, readonly unknown[]]>([
    [
      'not_null',
      { kind: 'not_null', columns: ['id'] },
      undefined,
      [
        { id: null, 'a b': null },
        { id: null, 'a b': null },
      ],
    ],
    ['not_null of several', { kind: 'not_null', columns: ['id', 'a b'] }, 'id > 2', [{ id: 3, 'a b': null }]],
    ['unique', { kind: 'unique', columns: ['id'] }, undefined, [{ id: 1, row_count: 2n }]],
    [
      'unique over several',
      { kind: 'unique', columns: ['id', 'a b'] },
      undefined,
      [
        { id: 1, 'a b': 'x', row_count: 2n },
        { id: null, 'a b': null, row_count: 2n },
      ],
    ],
    ['unique of some', { kind: 'unique', columns: ['id'] }, 'id <> 1 -- no\n or false', []],
    [
      'accepted_values',
      { kind: 'accepted_values', columns: ['a b'], values: ['x', null] },
      undefined,
      [{ id: 2, 'a b': 'y' }],
    ],
    [
      'no accepted value',
      { kind: 'accepted_values', columns: ['id'], values: [null] },
      'id > 2',
      [{ id: 3, 'a b': null }],
    ],
    [
      'accepted texts of numbers',
      { kind: 'accepted_values', columns: ['id'], values: ['1', '2'] },
      undefined,
      [{ id: 3, 'a b': null }],
    ],
    [
      'accepted numbers',
      { kind: 'accepted_values', columns: ['id'], values: [1, 2] },
      undefined,
      [{ id: 3, 'a b': null }],
    ],
    [
      'relationships',
      { kind: 'relationships', columns: ['id'], to: 'parent', field: 'key' },
      undefined,
      [{ id: 3, 'a b': null }],
    ],
    ['expression', { kind: 'expression', expression: 'id < 3 -- why' }, undefined, [{ id: 3, 'a b': null }]],
    ['too few rows', { kind: 'row_count', min: 7, max: 9 }, undefined, [{ row_count: 6n }]],
    ['too many rows', { kind: 'row_count', max: 1 }, 'id = 1', [{ row_count: 2n }]],
    ['enough rows', { kind: 'row_count', min: 6, max: 6 }, undefined, []],
  ])('%s', async (_, assertion, where, rows) => {
    expect(await connection.rows(`${assertionSql(assertion, name, typeOf, where)} order by all`)).toEqual(
      rows,
    );
  });

  test.each([
    ["timestamptz '2024-01-02 00:00:00+00'", ['1 day'], 1],
    ["now() - interval '90 minutes'", ['1 hour', '2 hours'], 1],
    ["cast(now() - interval '3 hours' as timestamp)", ['1 hour', '2 hours'], 2],
    ["cast(now() - interval '30 minutes' as timestamp)", ['1 hour'], 0],
    ["cast(now() - interval '3 days' as date)", ['2 days'], 1],
    ['cast(now() as date)', ['2 days'], 0],
    ['cast(null as date)', ['2 days', '3 days'], 2],
  ])('of freshness of %s are the limits %j that are exceeded', async (value, after, count) => {
    await connection.run(
      `create or replace table seen as select ${value} as "at" union all select '2001-01-01'`,
    );
    if (value.includes('null')) await connection.run('delete from seen');
    const rows = await connection.rows(
      assertionSql({ kind: 'freshness', columns: ['at'], after }, 'seen', typeOf),
    );
    expect(rows).toHaveLength(count);
    if (count > 0) expect(Object.keys(rows[0]!)).toEqual(['newest', 'age', 'allowed']);
  });
});
