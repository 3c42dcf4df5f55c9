import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { check } from '../../src/api/check.js';
import { test as runTests } from '../../src/api/index.js';
import type { RunResult } from '../../src/ir/run-result.js';
import { buildProject, buildWell } from '../support/build-project.js';
import { makeProject, runEtl, writeFiles } from '../support/cli.js';
import { dailyModel } from '../support/daily-project.js';

const unitTests = (...tests: readonly string[]) =>
  `unit_tests:\n${tests.map((each) => `  - ${each}\n`).join('')}`;
const outcomes = ({ tests }: RunResult) =>
  Object.fromEntries(
    tests.map(({ name, status, sample }) => [name, sample.length > 0 ? [status, ...sample] : [status]]),
  );
const testAll = (projectDir: string) => runTests({ projectDir, typeCheck: false, env: {} });
const problemsOf = async (projectDir: string) =>
  (await check({ projectDir, typeCheck: false, env: {} })).diagnostics.map(
    ({ code, message, span, hint = '' }) =>
      `${span?.file}:${span?.start.line}:${span?.start.column} ${code} ${message} ${hint}`.trim(),
  );

const shop = {
  'sources.yml': `sources:
  shop:
    connector: file
    tables:
      orders: { path: data/*.csv, columns: { id: BIGINT, cents: BIGINT, tags: 'VARCHAR[]', at: TIMESTAMP } }
`,
  'data/orders.csv': 'id,cents,tags,at\n1,100,[],2024-01-01\n',
  'etl.yml': 'name: shop\nvars: { rate: 2 }\n',
  'macros/m.sql': 'create macro twice(x) as x * 2; create macro known() as (select count(*) from seen);\n',
  'seeds/seen.csv': 'id\n1\n2\n',
  'models/priced.sql':
    '/* model\nmaterialized: ephemeral\n*/\nselect id, cents * ${vars.rate} / 100 as price, tags from shop.orders',
  'models/totals.sql':
    'select count(*) as n, sum(twice(price)) as total, known() as known, list(tags order by id) as tags from priced',
  'models/below.sql': 'select n from totals',
};

test('a model makes of given rows what is expected, through ephemeral models, macros and variables', async () => {
  const folder = makeProject({
    ...shop,
    'tests/totals.yml': unitTests(
      `{ name: all, model: totals, given: { shop.orders: [{ id: 1, cents: 150, tags: [a, "it's"] }, { id: 2, cents: 50 }], seen: [{ id: 7 }] },
        expect: [{ n: 2, total: 8, known: 1, tags: [[a, "it's"], null] }] }`,
      '{ name: var, model: totals, vars: { rate: 10 }, given: { shop.orders: [{ cents: 100 }] }, expect: [{ total: 20 }] }',
      '{ name: ephemeral_given, model: totals, given: { Priced: [{ PRICE: 1.5 }] }, expect: [{ Total: 3 }] }',
      '{ name: ephemeral_tested, model: priced, given: { shop.orders: [{ id: 3, cents: 1 }] }, expect: [{ id: 3, price: 0.02 }] }',
      '{ name: nothing_given, model: totals, expect: [{ n: 0, total: null, known: 0 }] }',
    ),
  });
  // The lake is empty, and no source is read.
  const tested = await testAll(folder);
  expect(tested.tests.map(({ status }) => status)).toEqual(['pass', 'pass', 'pass', 'pass', 'pass']);
  const result = await buildWell(folder);
  expect(outcomes(result)).toEqual({
    all: ['reused'],
    var: ['reused'],
    ephemeral_given: ['reused'],
    ephemeral_tested: ['reused'],
    nothing_given: ['reused'],
  });
  expect(result.commit).toBe(1);
});

test('rows are compared as a bag, by the columns that are named, and numbers to twelve digits', async () => {
  const folder = makeProject({
    'models/m.sql':
      'select * from (values (1, 0.1::double + 0.2, true), (1, 1, false), (2, 3, null)) as t(a, b, row)',
    'tests/m.yml': unitTests(
      '{ name: order, model: m, expect: [{ a: 2 }, { a: 1 }, { a: 1 }] }',
      '{ name: once, model: m, expect: [{ a: 2 }, { a: 1 }] }',
      '{ name: sum, model: m, expect: [{ b: 0.3 }, { b: 1 }, { b: 3 }] }',
      '{ name: other, model: m, expect: [{ b: 0.30001, row: true }, { b: 1, row: false }, { b: 3 }] }',
      '{ name: none, model: m, expect: [] }',
      '{ name: three, model: m, expect: [{}, {}, {}] }',
    ),
  });
  const result = await testAll(folder);
  expect(result.status).toBe('failed');
  expect(outcomes(result)).toMatchObject({
    order: ['pass'],
    once: ['fail', { row: 'not expected', a: 1 }],
    sum: ['pass'],
    other: ['fail', { row_: 'not expected', b: 0.3, row: true }, { row_: 'missing', b: 0.30001, row: true }],
    none: ['fail', { row_: 'not expected', a: 1 }, {}, {}],
  });
  expect(outcomes(result).three![0]).toBe('fail');
});

test('a model that fails its unit test is not built, and neither is what reads it', async () => {
  const failing = unitTests('{ name: doubled, model: m, given: { s: [{ a: 2 }] }, expect: [{ b: 4 }] }');
  const folder = makeProject({
    'models/s.sql': '/* model\nmaterialized: table\n*/\nselect 1 as a',
    'models/m.sql': '/* model\nmaterialized: table\n*/\nselect a * 3 as b from s',
    'models/below.sql': 'select * from m',
    'tests/m.yml': failing,
  });
  const result = await runEtl(folder, ['build']);
  expect(result.code).toBe(1);
  expect(result.stdout).toContain('FAIL   unit    doubled                   2 rows differ');
  expect(result.stdout).toContain('SKIP   build   m                         because of doubled');
  expect(result.stdout).toContain('SKIP   view    below');
  expect(result.stdout).toContain('1 built, 2 skipped; 1 test failed');
  expect(result.stdout).not.toContain('query:');
  expect(result.stdout).toMatch(/│ missing +│ 4 │\n +│ not expected │ 6 │/);
  expect(existsSync(join(folder, '.etl/lake/_etl/tables/m'))).toBe(false);

  const annotated = await runEtl(folder, ['test'], { GITHUB_ACTIONS: 'true' });
  expect(annotated.output).toMatch(/^::error .*file=tests\/m.yml,line=2,.*::doubled: 2 rows differ$/m);
  const shown = await runEtl(folder, ['show', 'doubled']);
  expect(shown).toMatchObject({ code: 1, stderr: expect.stringContaining('etl test --select doubled') });

  writeFiles(folder, { 'models/m.sql': 'select a * 2 as b from s' });
  expect(outcomes(await buildWell(folder))).toEqual({ doubled: ['pass'] });
  // Neither its rows nor those of the lake are another test.
  writeFiles(folder, { 'models/s.sql': 'select 5 as a', 'tests/m.yml': `# moved\n${failing}` });
  expect(outcomes(await buildWell(folder))).toEqual({ doubled: ['reused'] });
  // Other columns of its input are.
  writeFiles(folder, { 'models/s.sql': 'select 5::bigint as a' });
  expect(outcomes(await buildWell(folder))).toEqual({ doubled: ['pass'] });
  writeFiles(folder, { 'tests/m.yml': failing.replace('a: 2', 'a: 3') });
  expect((await buildProject(folder)).status).toBe('failed');

  const selected = async (selector: string) =>
    (await runTests({ projectDir: folder, typeCheck: false, env: {}, select: [selector] })).tests.length;
  expect(await selected('test_type:unit')).toBe(1);
  expect(await selected('test_type:data')).toBe(0);
  expect(await selected('path:tests/m.yml')).toBe(1);
  expect(await selected('m')).toBe(1);
});

test('a model that adds to its rows is tested with those that it has, and one of intervals with a batch', async () => {
  const folder = makeProject({
    'models/s.sql': "select 1 as id, timestamp '2024-01-01' as t",
    'models/merged.sql':
      '/* model\nmaterialized: incremental\nstrategy: merge\nunique_key: id\n*/\nselect id from s ${when(incremental, sql`where id > (select max(id) from ${self})`)}',
    'models/daily.sql': dailyModel(
      '',
      'select id, t from s where t >= ${batch!.start} and t < ${batch!.end}',
    ),
    'models/history.sql':
      '/* model\nmaterialized: snapshot\nunique_key: id\nstrategy: check\ncheck_columns: all\n*/\nselect id, t from s',
    'tests/m.yml': unitTests(
      '{ name: full, model: merged, given: { s: [{ id: 1 }, { id: 2 }] }, expect: [{ id: 1 }, { id: 2 }] }',
      '{ name: added, model: merged, given: { s: [{ id: 1 }, { id: 2 }], merged: [{ id: 1 }] }, expect: [{ id: 2 }] }',
      `{ name: of_a_day, model: daily, batch: { start: 2024-01-05, end: 2024-01-06 },
        given: { s: [{ id: 1, t: 2024-01-05 10:00 }, { id: 2, t: 2024-01-06 }] }, expect: [{ id: 1 }] }`,
      '{ name: without_a_day, model: daily, expect: [] }',
      '{ name: kept, model: history, given: { s: [{ id: 1 }] }, expect: [{ id: 1, t: null }] }',
      '{ name: added_column, model: history, given: { s: [{ id: 1 }] }, expect: [{ id: 1, is_current: true }] }',
      '{ name: no_row_of_it, model: history, expect: [] }',
    ),
  });
  const result = await testAll(folder);
  expect(outcomes(result)).toEqual({
    full: ['pass'],
    added: ['pass'],
    of_a_day: ['pass'],
    without_a_day: ['error'],
    kept: ['pass'],
    added_column: ['error'],
    no_row_of_it: ['pass'],
  });
  const messageOf = (name: string) =>
    result.tests.find((each) => each.name === name)?.diagnostics[0]?.message;
  expect(messageOf('added_column')).toContain('expects is_current of history');
  expect(messageOf('without_a_day')).toContain('gives no batch');
});

test('what a model makes of the time is tested each time', async () => {
  const folder = makeProject({
    'models/e.sql': '/* model\nmaterialized: ephemeral\n*/\nselect year(now()) > 2000 as a',
    'models/m.sql': 'select a from e',
    'models/n.sql': 'select true as a',
    'tests/m.yml': unitTests(
      '{ name: now, model: m, expect: [{ a: true }] }',
      '{ name: always, model: n, expect: [{ a: true }] }',
    ),
  });
  await buildWell(folder);
  expect(outcomes(await buildWell(folder))).toEqual({ now: ['pass'], always: ['reused'] });
});

test('what does not fit is an error of the project, at its place', async () => {
  const folder = makeProject({
    'models/m.sql':
      "select 1 as id, {'k': 1} as s, 'x'::enum('x') as e, 1.5::decimal(9, 2) as d, 1::double as f from seen",
    'models/off.sql': '/* model\nenabled: false\n*/\nselect 1 as a',
    'models/broken.sql': 'select a from nowhere',
    'models/t.ts': `import { ref, transform } from 'parquetry';
export default transform(ref('m'), { columns: { a: 'INTEGER' } }, async function* () {});
`,
    'seeds/seen.csv': 'id\n1\n',
    'etl.yml': 'name: test\nvars: { rate: 1 }\n',
    'tests/m.yml': unitTests(
      '{ name: a, model: mm, expect: [] }',
      '{ name: b, model: off, expect: [] }',
      '{ name: c, model: broken, expect: [{ x: 1 }] }',
      '{ name: d, model: t, expect: [] }',
      '{ name: e, model: seen, expect: [] }',
      '{ name: f, model: m, vars: { rte: 1 }, given: { sen: [], m: [], seen: [{ idd: 1 }, { idd: 2 }] }, expect: [] }',
      '{ name: g, model: m, given: { seen: [{ id: x }, { id: 1 }] }, expect: [{ id: 1.5, s: { k: y }, e: z }, { s: 3, e: x }] }',
      '{ name: h, model: m, expect: [{ d: 1.255 }, { d: 1.250 }, { id: 2.0, f: 1.255 }] }',
    ),
  });
  const problems = await problemsOf(folder);
  expect(problems.filter((problem) => problem.startsWith('tests/'))).toEqual([
    'tests/m.yml:2:23 compile/unknown-model There is no model "mm". did you mean "m"?',
    'tests/m.yml:5:23 compile/invalid-config t is a transform: code makes its rows. test its code in vitest, and what it makes with data tests',
    'tests/m.yml:6:23 compile/unknown-model seen is no model: it has no query to test.',
    'tests/m.yml:7:34 project/unknown-var etl.yml defines no variable "rte". did you mean "rate"?',
    'tests/m.yml:7:53 compile/unknown-model m does not read "sen". did you mean "seen"?',
    'tests/m.yml:7:62 compile/unknown-model m does not add to rows that it has.',
    'tests/m.yml:7:78 compile/unknown-column Column "idd" does not exist in seen. did you mean "id"?',
    'tests/m.yml:8:44 project/invalid-value "x" does not fit id, which is BIGINT.',
    'tests/m.yml:8:78 project/invalid-value "1.5" does not fit id, which is INTEGER.',
    'tests/m.yml:8:87 project/invalid-value {"k":"y"} does not fit s, which is STRUCT(k INTEGER).',
    'tests/m.yml:8:100 project/invalid-value "z" does not fit e, which is ENUM(\'x\').',
    'tests/m.yml:8:110 project/invalid-value "3" does not fit s, which is STRUCT(k INTEGER).',
    'tests/m.yml:9:37 project/invalid-value "1.255" does not fit d, which is DECIMAL(9,2).',
  ]);
  expect(problems).toHaveLength(14);
});
