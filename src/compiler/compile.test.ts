import { describe, expect, test } from 'vitest';
import { openDuckdb } from '../engine/duckdb.js';
import type { ExpandedModel, PendingModel } from '../ir/expanded-model.js';
import { compile } from './compile.js';
import { compileParts, shown } from './compile-fixtures.js';
import { compileInput, type ProjectParts } from './compile-input-fixture.js';

const shop: ProjectParts = {
  sources: { 'shop.orders': 'id BIGINT, customer_id INTEGER, amount_cents INTEGER' },
  seeds: { rates: 'currency VARCHAR, rate DOUBLE' },
};

const compiled = async (parts: ProjectParts) => {
  const { value, diagnostics } = await compileParts({ ...shop, ...parts });
  expect(diagnostics.map(shown)).toEqual([]);
  return value;
};

const columnsOf = ({ schema }: { schema: { columns: readonly { name: string; type: string }[] } }) =>
  schema.columns.map(({ name, type }) => `${name} ${type}`).join(', ');

describe('compile', () => {
  test('orders nodes, cuts the statement out of its file and finds the columns', async () => {
    const { nodes } = await compiled({
      models: {
        later: 'select t.*, r.rate from totals t, rates r',
        totals: 'select customer_id, count(*) as n from stg group by all;\n-- end\n',
        stg: 'with o as (select * from Shop.Orders) select * from o',
      },
    });
    expect([...nodes.keys()]).toEqual(['shop.orders', 'rates', 'stg', 'totals', 'later']);
    expect([...nodes.values()].map((node) => node.inputs)).toEqual([
      [],
      [],
      ['shop.orders'],
      ['stg'],
      ['rates', 'totals'],
    ]);
    const totals = nodes.get('totals')!;
    expect(totals.sql).toBe('select customer_id, count(*) as n from stg group by all');
    expect(totals.segments).toEqual([
      { kind: 'text', outStart: 0, outEnd: 55, sourceStart: 0, sourceEnd: 55 },
    ]);
    expect(columnsOf(nodes.get('later')!)).toBe('customer_id INTEGER, n BIGINT, rate DOUBLE');
  });

  test('takes FROM-first, VALUES, brackets, WITH, set operations and PIVOT for a SELECT', async () => {
    const { nodes } = await compiled({
      models: {
        a: 'from rates',
        b: "values (1, 'x')",
        c: '(select 1 as one)',
        d: 'with x as (select 1 as one) from x',
        e: 'select 1 as one union all select 2',
        f: 'pivot rates on currency in (EUR, USD) using sum(rate)',
        g: 'unpivot rates on rate into name n value v',
        h: 'table rates',
        i: 'from (summarize rates) select column_name',
      },
    });
    expect([...'abcdefghi'].map((name) => columnsOf(nodes.get(name)!))).toEqual([
      'currency VARCHAR, rate DOUBLE',
      'col0 INTEGER, col1 VARCHAR',
      'one INTEGER',
      'one INTEGER',
      'one INTEGER',
      'EUR DOUBLE, USD DOUBLE',
      'currency VARCHAR, n VARCHAR, v DOUBLE',
      'currency VARCHAR, rate DOUBLE',
      'column_name VARCHAR',
    ]);
  });

  test('binds against columns as they are stored, and only where they are stored', async () => {
    const { nodes } = await compiled({
      models: {
        stored:
          "select sum(customer_id) as s, [sum(id)] as l, null as n, 'a'::enum('a') as e from shop.orders",
        seen: 'select sum(customer_id) as s, null as n, map {} as m from shop.orders',
        of_stored: 'select typeof(s) as t, s, s / 2 as half from stored',
        of_seen: 'select s, n, m from seen',
      },
      configs: { seen: { materialized: 'view' } },
    });
    expect(columnsOf(nodes.get('stored')!)).toBe('s DECIMAL(38,0), l DECIMAL(38,0)[], n INTEGER, e VARCHAR');
    expect(columnsOf(nodes.get('seen')!)).toBe('s HUGEINT, n INTEGER, m MAP(INTEGER, INTEGER)');
    expect(columnsOf(nodes.get('of_stored')!)).toBe('t VARCHAR, s DECIMAL(38,0), half DOUBLE');
    expect(columnsOf(nodes.get('of_seen')!)).toBe('s DECIMAL(38,0), n INTEGER, m MAP(INTEGER, INTEGER)');
  });

  test('refuses columns of views that no table could stand for', async () => {
    const columns =
      "row(1, 'x') as r, [{ 'a': row(1) }] as nested, sum(1) export_state as s, { 'a b': 1, 'h': 2::hugeint } as good";
    const { value, diagnostics } = await compileParts({
      models: { odd: `select ${columns}`, below: 'select r from odd', fine: 'select 1 as x' },
      configs: { odd: { materialized: 'view' } },
    });
    expect(diagnostics.map(({ message }) => message)).toEqual([
      'Column "r" has the type STRUCT(INTEGER, VARCHAR), which cannot be stored: fields of a row need names.',
      'Column "nested" has the type STRUCT(a STRUCT(INTEGER))[], which cannot be stored: fields of a row need names.',
      'Column "s" has the type AGGREGATE_STATE<sum(INTEGER)::HUGEINT>, which cannot be stored: Parquet does not know this type.',
    ]);
    expect([...value.nodes.keys()]).toEqual(['fine']);
  });

  test('gives columns their descriptions, and knows which are never null', async () => {
    const test = { assertion: { kind: 'not_null', columns: ['id'] }, severity: 'error' } as const;
    const { nodes } = await compiled({
      models: { m: 'select id, customer_id from shop.orders' },
      configs: {
        m: {
          columns: [
            { name: 'ID', description: 'The key.', tests: [test] },
            { name: 'customer_id', tests: [{ ...test, severity: 'warn' }] },
          ],
        },
      },
    });
    expect(nodes.get('m')!.schema.columns).toEqual([
      { name: 'id', type: 'BIGINT', description: 'The key.', nullable: false },
      { name: 'customer_id', type: 'INTEGER' },
    ]);
  });

  test('leaves out what did not expand, sources without columns, and all below', async () => {
    const parts: ProjectParts = {
      ...shop,
      models: { a: 'select 1 as x', b: 'select y from a', c: 'select * from b, rates', d: 'select 1 as one' },
      unexpanded: ['a'],
    };
    const { value, diagnostics } = await compileParts(parts);
    expect(diagnostics).toEqual([]);
    expect(value.failed?.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect([...value.nodes.keys()]).toEqual(['shop.orders', 'rates', 'd']);
  });
});

describe('names in a query', () => {
  test.each<[string, string, readonly string[]]>([
    ['a CTE hides a model', 'with rates as (select 1 as x) select * from rates', []],
    [
      'a CTE reads the model that it hides',
      'with rates as (select * from rates) select * from rates',
      ['rates'],
    ],
    ['a CTE in another case', 'with Rates as (select 1 as x) select * from rAtEs', []],
    ['main is never a CTE', 'with rates as (select 1 as x) select * from main.rates', ['rates']],
    ['later CTEs see earlier ones', 'with a as (from rates), b as (from a) from b', ['rates']],
    [
      'inner queries see outer CTEs',
      'with a as (select 1 as x) select (select max(x) from a) as y from rates',
      ['rates'],
    ],
    [
      'a CTE ends with its query',
      'select * from (with rates as (select 1 as x) from rates) join rates on true',
      ['rates'],
    ],
    [
      'a recursive CTE sees itself only behind its start',
      'with recursive rates as (select rate from rates union all select rate + 1 from rates where rate < 9) from rates',
      ['rates'],
    ],
    ['set operations', 'select rate from rates union select id from shop.orders', ['rates', 'shop.orders']],
    [
      'in WHERE, ORDER BY and LIMIT',
      'select 1 as x where exists (from rates) order by (select max(id) from shop.orders)',
      ['rates', 'shop.orders'],
    ],
    [
      'in a join condition',
      'select 1 as x from (select 1) a join (select 2) b on exists (from rates)',
      ['rates'],
    ],
    [
      'lateral',
      'select * from rates r, lateral (select r.rate + max(id) as m from shop.orders)',
      ['rates', 'shop.orders'],
    ],
    ['table functions', 'select * from range(3) t(i), unnest([1]) u(x)', []],
    [
      'arguments of table functions',
      'select * from range((select max(id) from shop.orders))',
      ['shop.orders'],
    ],
    ['pivot', 'from rates pivot (sum(rate) for currency in (1))', ['rates']],
    ['values', 'values ((select max(rate) from rates))', ['rates']],
    [
      'asof and positional joins',
      'select 1 as x from rates a asof join shop.orders b on a.rate >= b.id',
      ['rates', 'shop.orders'],
    ],
    ['describe in FROM', 'select column_name from (describe rates)', ['rates']],
  ])('%s', async (_, sql, inputs) => {
    const { nodes } = await compiled({ models: { m: sql } });
    expect(nodes.get('m')!.inputs).toEqual(inputs);
  });
});

describe('models that ask for columns', () => {
  /** Compiles models of which `waiting` say which tables they need; each then selects all columns of these. */
  const compileWaiting = (
    models: Readonly<Record<string, string>>,
    waiting: Readonly<Record<string, string[]>>,
  ) => {
    const texts = Object.fromEntries(Object.keys(waiting).map((name) => [name, '']));
    const input = compileInput({
      ...shop,
      models: { ...models, ...texts },
      unexpanded: Object.keys(waiting),
    });
    const asked: string[] = [];
    const pending: readonly PendingModel[] = Object.entries(waiting).map(([name, needs]) => ({
      name,
      path: `models/${name}.sql`,
      needs,
      refs: [],
    }));
    return compile({
      ...input,
      pending,
      openEngine: () => openDuckdb({ threads: 1 }),
      retry: (path, schemaOf) => {
        const model = pending.find((one) => one.path === path)!;
        asked.push(model.name);
        const schemas = model.needs.map(schemaOf);
        if (schemas.some((schema) => !schema)) return { pending: model, diagnostics: [] };
        const names = schemas.flatMap((schema) => schema!.columns.map((column) => column.name));
        const sql = `select ${names.join(', ')} from ${model.needs.join(', ')}`;
        const whole = {
          kind: 'expression',
          outStart: 0,
          outEnd: sql.length,
          sourceStart: 0,
          sourceEnd: 0,
        } as const;
        const expanded: ExpandedModel = { name: model.name, path, sql, segments: [whole], refs: [] };
        return { model: expanded, diagnostics: [] };
      },
    }).then((outcome) => ({ ...outcome, asked }));
  };

  test('are expanded once their tables are bound, one behind the other', async () => {
    const { value, diagnostics, asked } = await compileWaiting(
      { after: 'select currency from second', first: 'select rate from Rates' },
      { second: ['first', 'third'], third: ['rates2'], rates2: ['shop.orders'] },
    ).then((outcome) => outcome);
    expect(diagnostics.map(shown)).toEqual([
      'models/after.sql:1:8-16 compile/unknown-column Column "currency" does not exist in second. | second has rate, id, customer_id, amount_cents',
    ]);
    expect(asked).toEqual(['rates2', 'third', 'second']);
    expect(value.nodes.get('second')!.inputs).toEqual(['first', 'third']);
    expect(value.failed?.map(({ name }) => name)).toEqual(['after']);
  });

  test('report what they need and nobody has, circles, and nothing below an error', async () => {
    const { value, diagnostics, asked } = await compileWaiting(
      { broken: 'select nothing from rates', in_circle: 'from circle' },
      { lost: ['rats'], below: ['broken'], circle: ['in_circle'] },
    );
    expect(diagnostics.map(shown)).toEqual([
      'models/broken.sql:1:8-15 compile/unknown-column Column "nothing" does not exist in rates. | rates has currency, rate',
      'models/circle.sql:1:1-1 compile/cycle These depend on each other in a circle, each reading the next: circle → in_circle → circle. | take one of these references out',
      'models/lost.sql:1:1-1 compile/unknown-model There is no model, seed or source table "rats". | did you mean "rates"?',
    ]);
    expect(asked).toEqual(['lost']);
    expect(value.failed?.map(({ name }) => name)).toEqual(['below', 'broken', 'circle', 'in_circle', 'lost']);
  });
});
