import { describe, expect, test } from 'vitest';
import type { ManifestNode } from '../ir/manifest.js';
import { compileParts, shown } from './compile-fixtures.js';
import type { ProjectParts } from './compile-input-fixture.js';

const nodeOf = async (parts: ProjectParts, name = 'm'): Promise<ManifestNode> => {
  const { value, diagnostics } = await compileParts({
    seeds: { rates: 'currency VARCHAR, rate DOUBLE' },
    ...parts,
  });
  expect(diagnostics.map(shown)).toEqual([]);
  return value.nodes.get(name)!;
};
const logicOf = async (sql: string, parts: ProjectParts = {}) =>
  (await nodeOf({ models: { m: sql }, ...parts })).logic;

describe('the logic of a model', () => {
  const sql = "select currency, 1 + rate as r from rates where currency <> 'é'";

  test.each([
    [
      'formatting',
      "SELECT currency,\n\n  1+rate AS r\nFROM rates -- why\nWHERE (currency != 'é') /* all */;",
    ],
    ['needless quotes', 'select "currency", 1 + rate as r from "rates" where currency <> \'é\''],
  ])('does not change with %s', async (_, other) => {
    expect(await logicOf(other)).toBe(await logicOf(sql));
  });

  test.each([
    ['a constant', "select currency, 2 + rate as r from rates where currency <> 'é'"],
    ['a name', "select currency, 1 + rate as q from rates where currency <> 'é'"],
    ['white space in a string', "select currency, 1 + rate as r from rates where currency <> 'é '"],
    ['the order of columns', "select 1 + rate as r, currency from rates where currency <> 'é'"],
  ])('changes with %s', async (_, other) => {
    expect(await logicOf(other)).not.toBe(await logicOf(sql));
  });

  test('changes with what its configuration does to its rows, not with what describes it', async () => {
    const plain = await logicOf(sql);
    const configured = (config: NonNullable<ProjectParts['configs']>[string]) =>
      logicOf(sql, { configs: { m: config } });
    const test = { assertion: { kind: 'not_null', columns: ['r'] }, severity: 'error' } as const;
    expect(
      await configured({
        description: 'x',
        tags: ['a'],
        meta: { owner: 'b' },
        columns: [{ name: 'r', description: 'c', tests: [test] }],
        tests: [test],
        publish: true,
      }),
    ).toBe(plain);
    expect(await configured({ options: { publish: { path: 'a' } } })).toBe(plain);
    for (const config of [
      { materialized: 'view' },
      { partitionBy: ['r'] },
      { options: { unique_key: 'r' } },
    ]) {
      expect(await configured(config)).not.toBe(plain);
    }
    expect(await configured({ options: { a: 1, b: 2 } })).toBe(await configured({ options: { b: 2, a: 1 } }));
  });

  test('changes with the SQL macros that it uses, through others too, and no others', async () => {
    const macros = (inner: string, unused: string) => ({
      sqlMacros: {
        'macros/a.sql': `create macro outer_one(a) as inner_one(a) + 1; create macro inner_one(a) as ${inner};
          create macro unused(a) as ${unused};`,
      },
    });
    const uses = 'select outer_one(rate) as r from rates';
    const before = await logicOf(uses, macros('a * 2', 'a'));
    expect(await logicOf(uses, macros('a\n*2 -- twice\n', 'a + 5'))).toBe(before);
    expect(await logicOf(uses, macros('a * 3', 'a'))).not.toBe(before);
  });

  test('changes with settings that queries depend on, not with secrets', async () => {
    const plain = await logicOf(sql);
    expect(await logicOf(sql, { init: "create secret (type s3, key_id 'a'); load json;" })).toBe(plain);
    expect(await logicOf(sql, { init: "create or replace temporary secret a (type s3, key_id 'b')" })).toBe(
      plain,
    );
    expect(await logicOf(sql, { init: 'create macro secret(a) as a' })).not.toBe(plain);
    expect(await logicOf(sql, { init: "set TimeZone = 'UTC'" })).not.toBe(plain);
  });

  test('the fingerprint changes with the inputs, the logic does not', async () => {
    const models = (first: string) => ({ models: { first, m: 'select x from first' } });
    const before = await nodeOf(models('select 1 as x'));
    const after = await nodeOf(models('select 2 as x'));
    expect(after.logic).toBe(before.logic);
    expect(after.fingerprint).not.toBe(before.fingerprint);
    expect(before.fingerprint).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe('repeatability', () => {
  test.each<[string, string | undefined]>([
    ['select now() as x', 'now()'],
    ['select current_date as x', 'current_date'],
    ['select rate from rates where rate > (select random())', 'random()'],
    ['select gen_random_uuid() as x', 'gen_random_uuid()'],
    ['select ago(interval 1 day) as x', 'ago()'],
    ["select age(timestamp '2024-01-01')::varchar as x", 'current_date'],
    ["select main.age(timestamp '2024-01-01')::varchar as x", 'current_date'],
    ["select b.age()::varchar as x from (select timestamp '2024-01-01' as b)", 'current_date'],
    ["select age(timestamp '2024-01-01', timestamp '2023-01-01')::varchar as x", undefined],
    ["select b.age(b)::varchar as x from (select timestamp '2024-01-01' as b)", undefined],
    ['select current_localtimestamp() as x', 'current_localtimestamp()'],
    ['select sum(rate + random()) over () as x from rates', 'random()'],
    ['select * from rates using sample 10%', 'a sample without a fixed seed'],
    ['select * from rates tablesample reservoir(10%) repeatable (7)', undefined],
    ["select content from read_text('package.json')", 'read_text()'],
    ["select * from glob('*.csv')", 'glob()'],
    ['select * from duckdb_settings()', 'duckdb_settings()'],
    ["select getvariable('x') as x", 'getvariable()'],
    ['select stamp(1) as x', 'now()'],
    ['select * from some_files()', 'glob()'],
    ["select date_trunc('day', timestamp '2024-01-01') as x, list_sort([2, 1]) as y, user as z", undefined],
    ['select * from range(3) t(i), generate_series(1, 2) g(j), unnest([1]) u(k)', undefined],
    ["select error('no') as x", undefined],
    ['select twice(1) as x', undefined],
  ])('%s', async (sql, because) => {
    const { repeatable, unrepeatableBecause } = await nodeOf({
      models: { m: sql },
      sqlMacros: {
        'macros/a.sql': `create macro stamp(a) as twice(stamp_itself());
          create macro stamp_itself() as epoch_ms(now());
          create macro twice(a) as a * 2;
          create macro some_files() as table from glob('*')`,
      },
    });
    expect({ repeatable, unrepeatableBecause }).toEqual({
      repeatable: because === undefined,
      unrepeatableBecause: because,
    });
  });
});
