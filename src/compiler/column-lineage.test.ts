import { describe, expect, test, vi } from 'vitest';
import { memoryMemo } from '../../test/support/memory-memo.js';
import { openDuckdb } from '../engine/duckdb.js';
import type { NodeLineage } from '../ir/column-lineage.js';
import { columnLineage } from './column-lineage.js';
import { compileParts, shown } from './compile-fixtures.js';
import type { ProjectParts } from './compile-input-fixture.js';

const base: ProjectParts = {
  sources: { 'shop.orders': 'id INTEGER, total HUGEINT, ordered_at TIMESTAMP' },
  seeds: { t: 'a INTEGER, b VARCHAR, l INTEGER[], s STRUCT(x INTEGER)' },
  sqlMacros: {
    'macros/a.sql':
      'create macro plus(x, y) as x + y; create macro above(low) as table select a, b from t where a > low;',
  },
};

/** `x <- t.a t.b; … | rows`. */
const text = ({ columns, rows }: NodeLineage) => {
  const sources = (list: NodeLineage['rows']) =>
    list.map(({ table, column }) => `${table}.${column}`).join(' ');
  return `${columns.map(({ name, sources: from }) => `${name} <- ${sources(from)}`.trim()).join('; ')} | ${sources(rows)}`.trim();
};

const openEngine = () => openDuckdb({ threads: 1 });

describe('column lineage', () => {
  test.each<[string, string, string]>([
    ['expressions', 'select a + 1 as x, b, 5 as five from t', 'x <- t.a; b <- t.b; five <- |'],
    ['filters', 'select b from t where a > 1', 'b <- t.b | t.a'],
    ['stars', 'select * exclude (l, s) replace (a || b as b) from t', 'a <- t.a; b <- t.a t.b |'],
    ['struct fields and lists', 'select s.x, l[1] as e from t', 'x <- t.s; e <- t.l |'],
    ['case', "select case when a > 1 then b else 'no' end as x from t", 'x <- t.a t.b |'],
    [
      'aggregates',
      'select b, sum(a) as s, count(*) as n from t group by b having max(l) > [1]',
      'b <- t.b; s <- t.a; n <- | t.b t.l',
    ],
    [
      'filtered aggregates',
      "select sum(a) filter (b = 'x') as s, first(a order by b) as f from t",
      's <- t.a t.b; f <- t.a t.b |',
    ],
    [
      'rollup',
      'select grouping(b) as g, b, sum(a) as s from t group by rollup (b)',
      'g <-; b <- t.b; s <- t.a | t.b',
    ],
    [
      'windows',
      'select row_number() over (partition by b order by a) as r, sum(a) over () as s from t',
      'r <- t.a t.b; s <- t.a |',
    ],
    [
      'joins',
      'select t.b, o.total from t left join shop.orders o on t.a = o.id',
      'b <- t.b; total <- shop.orders.total | shop.orders.id t.a',
    ],
    [
      'joins on any condition',
      'select t.b from t join shop.orders o on t.a < o.id or t.b is null',
      'b <- t.b | shop.orders.id t.a t.b',
    ],
    [
      'using',
      'select id, x.total from shop.orders x full join shop.orders y using (id)',
      'id <- shop.orders.id; total <- shop.orders.total | shop.orders.id',
    ],
    [
      'asof joins',
      'select t.b, total from t asof join shop.orders on a >= id',
      'b <- t.b; total <- shop.orders.total | shop.orders.id t.a',
    ],
    [
      'positional joins',
      'select b, total from t positional join shop.orders',
      'b <- t.b; total <- shop.orders.total |',
    ],
    ['semi joins', 'select b from t semi join shop.orders on a = id', 'b <- t.b | shop.orders.id t.a'],
    [
      'in a query',
      'select b, a in (select id from shop.orders) as known from t',
      'b <- t.b; known <- shop.orders.id t.a |',
    ],
    [
      'filtered by a query',
      'select b from t where a in (select id from shop.orders where total > 1)',
      'b <- t.b | shop.orders.id shop.orders.total t.a',
    ],
    [
      'exists',
      'select b from t where exists (select 1 from shop.orders where id = t.a)',
      'b <- t.b | shop.orders.id t.a',
    ],
    [
      'a correlated query',
      'select (select max(total) from shop.orders where id = t.a) as m from t',
      'm <- shop.orders.total | shop.orders.id t.a',
    ],
    [
      'a scalar query',
      'select (select max(total) from shop.orders) as m, b from t',
      'm <- shop.orders.total; b <- t.b |',
    ],
    [
      'lateral',
      'select t.b, z.q from t, lateral (select t.a + id as q from shop.orders) z',
      'b <- t.b; q <- shop.orders.id t.a | t.a',
    ],
    [
      'CTEs',
      'with c as (select a as x, b from t), d as materialized (from c) select c.x, d.b from c join d using (x)',
      'x <- t.a; b <- t.b | t.a',
    ],
    [
      'recursive CTEs',
      'with recursive r as (select a, b, 0 as c from t union all select r.a + 1, r.b, r.a from r where r.c < 9) select c, b from r',
      'c <- t.a; b <- t.b | t.a',
    ],
    [
      'unions',
      'select a as x, b from t union all select id, null from shop.orders',
      'x <- shop.orders.id t.a; b <- t.b |',
    ],
    [
      'unions by name',
      'select a, b from t union all by name select id as a from shop.orders',
      'a <- shop.orders.id t.a; b <- t.b |',
    ],
    ['except', 'select a from t except select id from shop.orders', 'a <- t.a | shop.orders.id t.a'],
    ['distinct on and order', 'select distinct on (b) a from t order by l', 'a <- t.a | t.b t.l'],
    ['limit', 'select a from t order by b limit 3', 'a <- t.a | t.b'],
    ['qualify', 'select a from t qualify row_number() over (order by b) = 1', 'a <- t.a | t.b'],
    ['pivot', "from (select a, b from t) pivot (sum(a) for b in ('x', 'y'))", 'x <- t.a t.b; y <- t.a t.b |'],
    [
      'a wide pivot',
      `from (select a, b, s from t) pivot (sum(a) for b in (${Array.from({ length: 30 }, (_, i) => `'v${i}'`)})) select v0, s`,
      'v0 <- t.a t.b; s <- t.s | t.b t.s',
    ],
    ['unpivot', 'unpivot (select a, 2 as c from t) on a, c into name n value v', 'n <-; v <- t.a | t.a'],
    ['unnest', 'select unnest(l) as e, b from t', 'e <- t.l; b <- t.b |'],
    ['unnest in FROM', 'select u.e, t.b from t, unnest(t.l) u(e)', 'e <- t.l; b <- t.b | t.l'],
    [
      'lambdas',
      'select list_transform(l, lambda x: x + a) as m, list_filter(l, lambda x, i: i > 1) as f from t',
      'm <- t.a t.l; f <- t.l |',
    ],
    ['functions in FROM', 'select i, b from t, range(3) r(i)', 'i <-; b <- t.b |'],
    ['values', "values (1, 'a'), ((select max(a) from t), 'b')", 'col0 <- t.a; col1 <- |'],
    [
      'macros',
      'select plus(a, 1) as x, plus(b, b) as y from t where plus(a, 0) > 1'.replace('plus(b, b)', 'upper(b)'),
      'x <- t.a; y <- t.b | t.a',
    ],
    ['table macros', 'select b as x from above(1)', 'x <- t.b | t.a'],
    ['samples', 'select a from t using sample 10%', 'a <- t.a |'],
    ['no table', 'select 1 as x', 'x <- |'],
  ])('through %s', async (_, sql, expected) => {
    const { value, diagnostics } = await compileParts({ ...base, models: { m: sql } });
    expect(diagnostics.map(shown)).toEqual([]);
    const lineage = await columnLineage(value, openEngine);
    expect(text(lineage.get('m')!)).toBe(expected);
  });

  test('goes to the node before, views included, for chosen models, and is remembered', async () => {
    const { value } = await compileParts({
      ...base,
      models: {
        first: 'select a + 1 as x, b from t',
        Second: 'select max(X) as y from First',
        third: 'from second',
      },
      configs: { first: { materialized: 'view' } },
    });
    const memo = memoryMemo();
    const open = vi.fn(openEngine);
    const lineage = await columnLineage(value, open, { names: ['Second', 't'], memo });
    expect([...lineage].map(([name, node]) => [name, text(node)])).toEqual([['Second', 'y <- first.x |']]);
    expect(await columnLineage(value, open, { names: ['Second'], memo })).toEqual(lineage);
    expect(open).toHaveBeenCalledTimes(1);
    expect(text((await columnLineage(value, open)).get('third')!)).toBe('y <- Second.y |');
  });
});
