import { beforeAll, describe, expect, it } from 'vitest';
import { connectionOfFile } from '../../../test/support/connection.js';
import { toSql } from '../duckdb-query-compiler.js';
import { withContext } from '../expansion-context.js';
import { ref, source } from '../relation.js';
import { sql } from '../sql-tag.js';
import { context } from './context-fixture.js';
import type { SpineUnit } from './date-spine.js';
import {
  asOfJoin,
  dateSpine,
  dedupe,
  latestPerKey,
  pivot,
  star,
  surrogateKey,
  unionRelations,
  unpivot,
} from './standard-library.js';
import type { StarOptions } from './star.js';

const { connection } = await connectionOfFile();
beforeAll(async () => {
  await connection.run(`
    create table orders as from (values
      (1, 'card', 10, timestamp '2024-01-01 10:00:00'),
      (1, 'cash', 20, timestamp '2024-01-02 10:00:00'),
      (2, 'card', 30, null),
      (2, null, 40, timestamp '2024-01-03 10:00:00')) t(id, method, amount, "at");
    create table customers as from (values
      (1, 'gold', timestamp '2024-01-01 12:00:00', timestamp '2024-01-02 09:00:00'),
      (1, 'grey', timestamp '2024-01-02 09:30:00', null),
      (2, 'blue', timestamp '2024-01-03 00:00:00', timestamp '2024-01-03 10:00:00')) t(id, tier, since, until);
    create schema shop;
    create table shop.orders as select 9 as id, 'x' as extra;`);
});

const rows = async (query: string) =>
  (await connection.rows(query)).map((row) => Object.values(row).join(' '));

describe('star', () => {
  const list = (options: StarOptions<Record<string, unknown>>) =>
    withContext(context, () => toSql(star(ref('orders'), options)));

  it('lists columns without some, with an alias and a prefix', async () => {
    expect(list({ except: ['at'] })).toBe('"id", "method", "amount"');
    const prefixed = list({ except: ['at', 'amount'], from: 'o', prefix: 'order_' });
    expect(prefixed).toBe('"o"."id" as "order_id", "o"."method" as "order_method"');
    expect(await rows(`select ${prefixed} from orders as o limit 1`)).toEqual(['1 card']);
  });

  it('refuses to leave nothing', () => {
    expect(() => list({ except: ['id', 'method', 'amount', 'at'] })).toThrow(
      'No column of orders is left to select.',
    );
  });
});

describe('dedupe and latestPerKey', () => {
  it('keep the last row of each key', async () => {
    const text = toSql(dedupe(ref('orders'), { key: 'id', orderBy: 'at' }));
    expect(text).toBe(
      '(select * from "orders" qualify row_number() over (partition by "id" order by "at" desc nulls last) = 1)',
    );
    expect(await rows(`select id, amount from ${text} order by id`)).toEqual(['1 20', '2 40']);
  });

  it('keep the first, by several columns', async () => {
    const text = toSql(dedupe(ref('orders'), { key: ['id'], orderBy: ['at', 'amount'], keep: 'first' }));
    expect(await rows(`select id, amount from ${text} as o order by id`)).toEqual(['1 10', '2 30']);
  });

  it('take a history as it was', async () => {
    const latest = (asOf?: string) =>
      toSql(latestPerKey(ref('orders'), { key: 'id', at: 'at', ...(asOf !== undefined && { asOf }) }));
    expect(latest('2024-01-01')).toContain(`(select * from "orders" where "at" <= '2024-01-01') qualify`);
    expect(await rows(`select id, amount from ${latest('2024-01-02')} order by id`)).toEqual(['1 10']);
    expect(await rows(`select id, amount from ${latest()} order by id`)).toEqual(['1 20', '2 40']);
  });
});

describe('pivot and unpivot', () => {
  it('turn values into columns', async () => {
    const text = toSql(
      pivot(ref('orders'), {
        on: 'method',
        values: ['card', 'cash', null],
        value: 'amount',
        groupBy: 'id',
        prefix: 'via_',
      }),
    );
    expect(text).toBe(
      '(select "id", sum("amount") filter (where "method" = \'card\') as "via_card", ' +
        'sum("amount") filter (where "method" = \'cash\') as "via_cash", ' +
        'sum("amount") filter (where "method" is null) as "via_null" from "orders" group by "id")',
    );
    expect(await rows(`from ${text} order by id`)).toEqual(['1 10 20 ', '2 30  40']);
  });

  it('make one row of all without groups', async () => {
    const text = toSql(
      pivot(ref('orders'), { on: 'method', values: ['card', 'cash'], value: 'amount', groupBy: [] }),
    );
    expect(await rows(`from ${text}`)).toEqual(['40 20']);
  });

  it('turn columns into rows', async () => {
    const query = sql<{ id: number; a: number; b: number }>`(select 1 as id, 2 as a, null::int as b)`;
    const options = { columns: ['a', 'b'], name: 'metric', value: 'n' } as const;
    const text = toSql(unpivot(query, options));
    expect(text).toBe(
      '(select * from (select 1 as id, 2 as a, null::int as b) unpivot include nulls ("n" for "metric" in ("a", "b")))',
    );
    expect(await rows(`from ${text}`)).toEqual(['1 a 2', '1 b ']);
    expect(await rows(`from ${toSql(unpivot(query, { ...options, includeNulls: false }))}`)).toEqual([
      '1 a 2',
    ]);
  });
});

describe('unionRelations', () => {
  it('matches columns by name', async () => {
    const tables = [ref('orders'), source('shop', 'orders')] as const;
    const text = toSql(unionRelations(tables, { sourceColumn: 'origin' }));
    expect(text).toBe(
      `(select 'orders' as "origin", * from "orders" union all by name ` +
        `select 'shop.orders' as "origin", * from "shop"."orders")`,
    );
    expect(await rows(`select origin, id, amount, extra from ${text} order by id, amount`)).toEqual([
      'orders 1 10 ',
      'orders 1 20 ',
      'orders 2 30 ',
      'orders 2 40 ',
      'shop.orders 9  x',
    ]);
    expect(() => unionRelations([])).toThrow('unionRelations needs at least one table.');
  });
});

describe('surrogateKey', () => {
  it('tells NULL, empty strings and moved separators apart', async () => {
    const text = toSql(surrogateKey(ref('t'), ['a', 'b'], { from: 't' }));
    expect(text).toBe('md5(to_json([cast("t"."a" as varchar), cast("t"."b" as varchar)])::varchar)');
    const values = `(values ('a', 'b'), ('a', null), ('a', ''), ('a","b', ''), (null, 'a'), ('a', 'b')) t(a, b)`;
    const keys = await rows(`select ${text} as k from ${values}`);
    expect(new Set(keys).size).toBe(5);
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(keys[5]).toBe(keys[0]);
  });
});

describe('dateSpine', () => {
  it('ends before its end', async () => {
    const text = toSql(dateSpine({ start: '2024-02-28', end: sql`date '2024-03-02'` }));
    expect(await rows(`from ${text}`)).toEqual(['2024-02-28', '2024-02-29', '2024-03-01']);
    expect(await rows(`from ${toSql(dateSpine({ start: '2024-01-02', end: '2024-01-02' }))}`)).toEqual([]);
  });

  it('has other units', async () => {
    const months = dateSpine({ start: '2024-01-01', end: '2024-03-01', unit: 'month' });
    expect(await rows(`select date_month from ${toSql(months)}`)).toEqual(['2024-01-01', '2024-02-01']);
    const hours = dateSpine({ start: '2024-01-01 22:00', end: '2024-01-02', unit: 'hour', name: 'h' });
    expect(await rows(`select h from ${toSql(hours)}`)).toEqual([
      '2024-01-01 22:00:00',
      '2024-01-01 23:00:00',
    ]);
  });

  it('counts months, quarters and years from its start', async () => {
    const spine = (start: string, end: string, unit: SpineUnit, name = 'd') =>
      rows(`select * from ${toSql(dateSpine({ start, end, unit, name }))}`);
    const ends = ['2024-01-31', '2024-02-29', '2024-03-31', '2024-04-30'];
    expect(await spine('2024-01-31', '2024-05-31', 'month')).toEqual(ends);
    expect(await spine('2024-01-31', '2024-05-01', 'month', 's')).toEqual(ends);
    expect(await spine('2024-01-31', '2024-01-31', 'month')).toEqual([]);
    expect(await spine('2024-01-31', '2020-01-31', 'month')).toEqual([]);
    expect(await spine('2023-11-30', '2024-06-01', 'quarter')).toEqual([
      '2023-11-30',
      '2024-02-29',
      '2024-05-30',
    ]);
    expect(await spine('2024-02-29', '2028-03-01', 'year', 'n')).toEqual([
      '2024-02-29',
      '2025-02-28',
      '2026-02-28',
      '2027-02-28',
      '2028-02-29',
    ]);
    const limits = sql`(select max("at") from orders)`;
    const until = dateSpine({ start: sql`timestamp '2023-11-30'`, end: limits, unit: 'month', name: 'e' });
    expect(await rows(`select e from ${toSql(until)}`)).toEqual(['2023-11-30', '2023-12-30']);
  });
});

describe('asOfJoin', () => {
  const options = { key: 'id', at: 'at', validFrom: 'since', columns: ['tier'] } as const;

  it('takes the values of the moment, until they end', async () => {
    const text = toSql(asOfJoin(ref('orders'), ref('customers'), { ...options, validTo: 'until' }));
    expect(text).toBe(
      '(select l.*, case when "r"."until" is null or "l"."at" < "r"."until" then "r"."tier" end as "tier" ' +
        'from "orders" as l asof left join "customers" as r on "l"."id" = "r"."id" and "l"."at" >= "r"."since")',
    );
    expect(await rows(`select amount, tier from ${text} order by amount`)).toEqual([
      '10 ',
      '20 grey',
      '30 ',
      '40 ',
    ]);
  });

  it('or until the next ones start', async () => {
    const text = toSql(asOfJoin(ref('orders'), ref('customers'), options));
    expect(await rows(`select amount, tier from ${text} order by amount`)).toEqual([
      '10 ',
      '20 grey',
      '30 ',
      '40 blue',
    ]);
  });
});
