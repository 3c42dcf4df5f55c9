import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { memoryMemo } from '../../test/support/memory-memo.js';
import { findProjectRoot } from './find-project-root.js';
import { statProject } from './project-files.js';
import { readFiles, writeProject } from './project-fixture.js';

const orders = `/* model
description: One row per order.
materialized: incremental
strategy: merge
unique_key: order_id
partition_by: [order_month]
publish: { to: 's3://other' }
columns:
  order_id: { description: Primary key., tests: [not_null, unique] }
  status:   { tests: [{ accepted_values: [placed, shipped] }] }
tests:
  - amount >= 0
  - unique: [order_id, line]
    severity: warn
*/
select 1 as order_id`;

test('reads a model with its front matter over the defaults of its folders', async () => {
  const { project, problems } = await readFiles({
    'etl.yml': `name: shop
models:
  tags: [all]
  marts:
    materialized: table
    tags: [mart]
    meta: { owner: finance }
`,
    'models/marts/orders.sql': orders,
    'models/marts/plain.sql': 'select 1 as a',
    'models/stg.sql': '-- staging\nselect 1 as a',
  });
  expect(problems).toEqual([]);
  const [first, plain, stg] = project.models;
  expect(first).toMatchObject({
    name: 'orders',
    path: 'models/marts/orders.sql',
    language: 'sql',
    bodyOffset: orders.indexOf('*/') + 2,
    config: {
      description: 'One row per order.',
      materialized: 'incremental',
      tags: ['all', 'mart'],
      enabled: true,
      partitionBy: ['order_month'],
      publish: true,
      meta: { owner: 'finance' },
      options: { strategy: 'merge', unique_key: ['order_id'], publish: { to: 's3://other' } },
    },
  });
  expect(first!.config.columns.map(({ name, description }) => [name, description])).toEqual([
    ['order_id', 'Primary key.'],
    ['status', undefined],
  ]);
  expect(first!.configSpans.partition_by).toEqual({
    file: 'models/marts/orders.sql',
    start: { offset: 118, line: 6, column: 15 },
    end: { offset: 131, line: 6, column: 28 },
  });
  expect(first!.configSpans['columns.status']?.start).toMatchObject({ line: 10, column: 3 });
  expect(first!.configSpans.materialized?.start).toMatchObject({ line: 3, column: 15 });
  expect(plain!.configSpans.materialized).toMatchObject({ file: 'etl.yml', start: { line: 5, column: 19 } });
  expect(plain).toMatchObject({ bodyOffset: 0, config: { materialized: 'table', tags: ['all', 'mart'] } });
  expect(stg).toMatchObject({ config: { materialized: 'view', tags: ['all'], meta: {}, options: {} } });
  expect(JSON.parse(JSON.stringify(project))).toEqual(project);
});

test('reads seeds, tests and macros, and nothing from hidden folders, declarations or unit tests', async () => {
  const { project, problems } = await readFiles({
    'seeds/rates.csv': 'currency,rate\nEUR,1.1\n',
    'seeds/rates.yml':
      'description: Rates.\ncolumns:\n  currency: VARCHAR\n  rate: { type: "DECIMAL(9,4)", tests: [not_null] }\n',
    'seeds/plain.csv': 'a\n1\n',
    'tests/totals.sql':
      "/* test\ndescription: Totals add up.\nseverity: warn\nerror_if: '> 10'\ntags: daily\n*/\nselect 1",
    'tests/deep/other.sql': 'select 2',
    'tests/off.sql': '/* test enabled: false */ select 2',
    'macros/money.ts': 'export {}',
    'macros/money.test.ts': 'export {}',
    'macros/types.d.ts': 'export {}',
    'macros/clean.sql': 'create macro f(x) as x',
    'models/.hidden/x.sql': 'select',
    'models/node_modules/x.sql': 'select',
    'models/typed.ts': 'export default 1',
    'models/readme.md': '',
  });
  expect(problems).toEqual([]);
  expect(project.seeds).toMatchObject([
    { name: 'plain', columnTypes: {}, config: { materialized: 'seed' } },
    {
      name: 'rates',
      columnTypes: { currency: 'VARCHAR', rate: 'DECIMAL(9,4)' },
      config: { description: 'Rates.', columns: [{ name: 'currency' }, { name: 'rate' }] },
    },
  ]);
  expect(project.tests).toMatchObject([
    { name: 'other', bodyOffset: 0, severity: 'error', tags: [] },
    { name: 'totals', description: 'Totals add up.', severity: 'warn', errorIf: '> 10', tags: ['daily'] },
  ]);
  expect(project.macros.map(({ path }) => path)).toEqual(['macros/money.ts']);
  expect(project.sqlMacros.map(({ path }) => path)).toEqual(['macros/clean.sql']);
  expect(project.models).toMatchObject([{ name: 'typed', language: 'ts' }]);
});

test('reports every mistake of every file in one go', async () => {
  const { project, problems } = await readFiles({
    'etl.yml': `name: shop
modells: {}
models:
  marts: { materialised: table }
  staging: view
engine: { threads: many, memory_limit: lots }
`,
    'sources.yml': `sources:
  web:
    connector: fiel
    tables:
      clicks: { path: x }
`,
    'models/marts/a.sql': `/* model
materialized: tabel
partition-by: [x]
tags: { a: 1 }
columns:
  id: { test: [unique] }
tests:
  - not_nul
  - row_cont: { min: 1 }
  - x > 0
*/ select 1`,
    'models/b.sql': '/* model\ntags: [a, b\nmaterialized: table\n*/ select 1',
    'models/c.sql': '/* model\ntags: [a]\n select 1',
    'models/d-e.sql': 'select 1',
    'models/select.sql': 'select 1',
    'models/x/dup.sql': 'select 1',
    'models/y/Dup.sql': 'select 1',
    'seeds/dup.csv': 'a\n1\n',
    'seeds/lost.yml': 'description: x',
    'tests/t.sql': '/* test\nseverity: fatal\nwarn_if: many\n*/ select 1',
  });
  expect(problems).toMatchInlineSnapshot(`
    [
      "etl.yml:2:1 project/unknown-key: "modells" is not a key of etl.yml. (did you mean "models"?)",
      "etl.yml:4:12 project/unknown-key: "materialised" is no setting, and a folder models/marts/materialised/ would need a map of settings. (did you mean "materialized"?)",
      "etl.yml:5:3 project/unknown-key: "staging" is no setting, and a folder models/staging/ would need a map of settings.",
      "etl.yml:6:20 project/invalid-value: "engine.threads" must be a number, not text.",
      "etl.yml:6:40 project/invalid-value: "engine.memory_limit" must be a size such as 4GB.",
      "models/b.sql:3:1 project/bad-yaml: Flow sequence in block collection must be sufficiently indented and end with a ].",
      "models/c.sql:1:1 project/bad-yaml: The front matter does not end. (end it with */ before the SQL)",
      "models/d-e.sql:1:1 project/invalid-name: Model name "d-e" holds characters that a bare SQL name cannot have. (use letters, digits and underscores, such as d_e)",
      "models/marts/a.sql:2:15 project/invalid-value: "materialized" must be one of view, table, ephemeral, incremental, not "tabel". (did you mean "table"?)",
      "models/marts/a.sql:3:1 project/unknown-key: "partition-by" is not a key of the front matter. (did you mean "partition_by"?)",
      "models/marts/a.sql:4:7 project/invalid-value: "tags" must be text or a list, not a map.",
      "models/marts/a.sql:6:9 project/unknown-key: "test" is not a key of "columns.id". (did you mean "tests"?)",
      "models/marts/a.sql:8:5 project/unknown-test: There is no test "not_nul". (did you mean "not_null"?)",
      "models/marts/a.sql:9:5 project/unknown-key: "row_cont" is not a key of "tests[1]". (did you mean "row_count"?)",
      "models/select.sql:1:1 project/invalid-name: Model name "select" is a reserved word of SQL. (use letters, digits and underscores, such as my_select)",
      "models/x/dup.sql:1:1 project/duplicate-name: There are two of the name "dup". (models, seeds and tables of a source need names of their own: rename one)",
      "models/y/Dup.sql:1:1 project/duplicate-name: There are two of the name "Dup" (upper and lower case are the same to SQL). (models, seeds and tables of a source need names of their own: rename one)",
      "seeds/lost.yml:1:1 project/missing-key: These are settings of the seed seeds/lost.csv, which does not exist.",
      "sources.yml:3:16 project/unknown-connector: There is no connector "fiel". (did you mean "file"?)",
      "tests/t.sql:2:11 project/invalid-value: "severity" must be one of error, warn, not "fatal".",
      "tests/t.sql:3:10 project/invalid-value: "warn_if" must compare the number of failing rows, such as "> 10".",
    ]
  `);
  expect(project.models.find(({ name }) => name === 'a')).toMatchObject({
    config: {
      materialized: 'view',
      tags: [],
      columns: [{ name: 'id' }],
      tests: [{ assertion: { kind: 'expression', expression: 'x > 0' } }],
    },
  });
  expect(project.models.map(({ path }) => path)).toEqual([
    'models/b.sql',
    'models/c.sql',
    'models/d-e.sql',
    'models/marts/a.sql',
    'models/select.sql',
  ]);
});

test('what the memo remembers equals what is read, and depends on the defaults', async () => {
  const memo = memoryMemo();
  const rootDir = await writeProject({
    'etl.yml': 'name: a\nvars: { v: 1 }\nmodels: { tags: [x] }\n',
    'models/orders.sql': orders,
    'models/folded.sql': '/* model\ndescription: >-\n  a\n  b\n*/ select 1',
    'models/filled.sql': '/* model\nlookback: ${vars.v}\n*/ select 1',
    'models/wrong.sql': '/* model\nlookbak: 1\n*/ select 1',
  });
  const fresh = await readFiles({}, { rootDir });
  const first = await readFiles({}, { rootDir, memo });
  expect([...memo.entries.keys()].map((key) => key.split(' ')[0])).toEqual([
    'yaml',
    'yaml',
    'model',
    'model',
  ]);
  const second = await readFiles({}, { rootDir, memo, vars: { v: 2 } });
  expect(first.project).toEqual(fresh.project);
  expect(second.problems).toEqual(fresh.problems);
  const at = (index: number) => [fresh.project.models[index], second.project.models[index]];
  for (const index of [1, 2, 3]) expect(at(index)[1]).toEqual(at(index)[0]);
  expect(at(0).map((model) => model?.config.options.lookback)).toEqual([1, 2]);
  await writeFile(join(rootDir, 'etl.yml'), 'name: a\nvars: { v: 1 }\nmodels: { tags: [y] }\n');
  const changed = await readFiles({}, { rootDir, memo });
  expect(changed.project.models.map(({ config }) => config.tags)).toEqual([['y'], ['y'], ['y'], ['y']]);
});

test('aliases are followed, within bounds', async () => {
  const bomb = ['a: &a [x]'];
  for (const [i, name] of [...'bcdefgh'].entries()) {
    const alias = `*${'abcdefgh'[i]}`;
    bomb.push(`${name}: &${name} [${Array(9).fill(alias).join(', ')}]`);
  }
  const { project, problems } = await readFiles({
    'models/good.sql': '/* model\nunique_key: &k [a, b]\norder_by: *k\n*/ select 1',
    'models/loop.sql': '/* model\nmeta: &m { inner: *m }\n*/ select 1',
    'seeds/bomb.csv': 'a\n1\n',
    'seeds/bomb.yml': `meta:\n  ${bomb.join('\n  ')}\n`,
  });
  expect(project.models[0]!.config.options).toEqual({ unique_key: ['a', 'b'], order_by: ['a', 'b'] });
  expect(problems).toEqual([
    'models/loop.sql:2:19 project/bad-yaml: Aliases are nested too deeply.',
    expect.stringMatching(/^seeds\/bomb.yml:\d+:\d+ project\/bad-yaml: This is too large.$/),
  ]);
});

test('a duplicate name comes with both places', async () => {
  const { diagnostics } = await readFiles({ 'models/a/x.sql': 'select 1', 'models/b/x.sql': 'select 1' });
  expect(diagnostics).toMatchObject([
    {
      code: 'project/duplicate-name',
      span: { file: 'models/b/x.sql' },
      notes: [{ span: { file: 'models/a/x.sql' } }],
    },
  ]);
});

test('a model that is not enabled stays known but gives way to one of its name', async () => {
  const off = '/* model\nenabled: false\n*/ select 1';
  const { project, problems } = await readFiles({
    'models/a/x.sql': off,
    'models/b/x.sql': 'select 1',
    'models/off.sql': off,
  });
  expect(problems).toEqual([]);
  expect(project.models.map(({ path, config }) => [path, config.enabled])).toEqual([
    ['models/b/x.sql', true],
    ['models/off.sql', false],
  ]);
});

test('a comment that only looks like front matter is a comment', async () => {
  const { project, problems } = await readFiles({
    'models/a.sql': '/* model of an order: one row each */ select 1',
    'models/b.sql': '/* model materialized: table */ select 1',
    'models/c.sql': '/* model */ select 1',
    'models/d.sql': '\ufeff-- Copyright\n\n/* model\r\nmaterialized: table\r\n*/\r\nselect 1',
  });
  expect(problems).toEqual([]);
  expect(project.models.map(({ config, bodyOffset }) => [config.materialized, bodyOffset])).toEqual([
    ['view', 0],
    ['table', 31],
    ['view', 11],
    ['table', 47],
  ]);
});

test('files that are no text and links out of the project are errors', async () => {
  const rootDir = await writeProject({ 'models/ok.sql': 'select 1' });
  await writeFile(join(rootDir, 'models/latin.sql'), Buffer.from([0x73, 0xe9]));
  await symlink('/etc/hostname', join(rootDir, 'models/out.sql'));
  await symlink('ok.sql', join(rootDir, 'models/inside.sql'));
  const { problems, project } = await readFiles({}, { rootDir });
  expect(problems).toEqual([
    'models/latin.sql:1:1 project/unreadable-file: models/latin.sql cannot be read: it is not UTF-8 text. (save it in the encoding UTF-8)',
    'models/out.sql:1:1 project/unreadable-file: models/out.sql is a link that leads out of the project or nowhere.',
  ]);
  expect(project.models.map(({ name }) => name)).toEqual(['inside', 'ok']);
});

test('finds the root from a folder inside, and lists what the project is made of', async () => {
  const rootDir = await writeProject({
    'models/a/x.sql': 'select 1',
    'seeds/s.csv': 'a',
    'seeds/s.yml': '',
    'data/x.csv': '',
  });
  expect(findProjectRoot(join(rootDir, 'models/a'))).toBe(rootDir);
  expect(findProjectRoot('/')).toBeUndefined();
  const stats = statProject(rootDir);
  expect(stats.map(({ path }) => path)).toEqual(['etl.yml', 'models/a/x.sql', 'seeds/s.csv', 'seeds/s.yml']);
  expect(stats[1]).toMatchObject({ size: 8, ino: expect.any(Number), mtimeMs: expect.any(Number) });
});

test('without etl.yml there is no project', async () => {
  const { project, problems } = await readFiles({}, { rootDir: '/nowhere' });
  expect(project).toBeUndefined();
  expect(problems).toEqual([
    'project/not-found: There is no etl.yml in /nowhere. (run "etl init" to make a project, or name its folder with --project-dir)',
  ]);
});
