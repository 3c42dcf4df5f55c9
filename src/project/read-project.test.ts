import { stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { memoryMemo } from '../../test/support/memory-memo.js';
import { findProjectRoot } from './find-project-root.js';
import { readFiles, writeProject } from './project-fixture.js';
import type { KnownTexts } from './read-text.js';

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

test('finds the root from a folder inside', async () => {
  const rootDir = await writeProject({ 'models/a/x.sql': 'select 1' });
  expect(findProjectRoot(join(rootDir, 'models/a'))).toBe(rootDir);
  expect(findProjectRoot('/')).toBeUndefined();
});

test('read again, what nobody wrote is the same object, and a change is seen whatever its size and time', async () => {
  const sources = (path: string) =>
    `sources:\n  s:\n    connector: file\n    tables:\n      t: { path: ${path} }\n`;
  const files = { 'models/a.sql': 'select 1', 'models/b.sql': 'select 1', 'sources.yml': sources('a.csv') };
  const rootDir = await writeProject(files);
  const texts: KnownTexts = new Map();
  const read = async () => (await readFiles({}, { rootDir, texts })).project;
  await read();
  // Younger files are read again whatever their time stamps say.
  await setTimeout(2100);
  const first = await read();
  expect([...texts.values()].every(({ signature }) => signature !== undefined)).toBe(true);

  const path = join(rootDir, 'models/b.sql');
  const { atime, mtime } = await stat(path);
  await writeFile(path, 'select 2');
  await utimes(path, atime, mtime);
  await writeFile(join(rootDir, 'sources.yml'), sources('b.csv'));
  const second = await read();
  expect(second.models[0]).toBe(first.models[0]);
  expect(second.models[1]?.text).toBe('select 2');
  expect(second.sources[0]?.options.path).toBe('b.csv');
  await writeFile(path, 'select 3');
  expect((await read()).models[1]?.text).toBe('select 3');
});

test('files that look like those of a project and are not read are named once each', async () => {
  const { project, problems } = await readFiles({
    'sources.yaml': 'sources: {}',
    'models/schema.yml': 'models: []',
    'models/marts/schema.yaml': 'models: []',
    'models/Up.SQL': 'select 1 as a',
    'models/notes.md': 'notes',
    'models/orders.test.ts': 'test',
    'seeds/T.CSV': 'a\n1\n',
    'seeds/s.yaml': 'tags: x',
    'tests/t.SQL': 'select 1',
    'tests/u.yaml': 'unit_tests: []',
    'macros/a.js': 'export const a = 1;',
    'macros/lib.js': 'export const b = 1;',
    'macros/types.d.ts': 'type A = 1;',
    'macros/m.ts': "import { b } from './lib.js';\nexport const c = () => b;\n",
  });
  expect(project.models).toEqual([]);
  const inFront = 'write them into the front matter of each model: /* model … */';
  expect(problems).toEqual([
    'macros/a.js:1:1 project/ignored-file: macros/a.js is not read: macros end in .ts or .sql. (name it macros/a.ts)',
    'models/Up.SQL:1:1 project/ignored-file: models/Up.SQL is not read: models end in .sql or .ts. (name it models/Up.sql)',
    `models/marts/schema.yaml:1:1 project/ignored-file: models/marts/schema.yaml is not read: a model has its settings and tests in itself. (${inFront})`,
    `models/schema.yml:1:1 project/ignored-file: models/schema.yml is not read: a model has its settings and tests in itself. (${inFront})`,
    'seeds/T.CSV:1:1 project/ignored-file: seeds/T.CSV is not read: seeds end in .csv, and their settings in .yml. (name it seeds/T.csv)',
    'seeds/s.yaml:1:1 project/ignored-file: seeds/s.yaml is not read: seeds end in .csv, and their settings in .yml. (name it seeds/s.yml)',
    'sources.yaml:1:1 project/ignored-file: sources.yaml is not read: sources stand in sources.yml. (name it sources.yml)',
    'tests/t.SQL:1:1 project/ignored-file: tests/t.SQL is not read: data tests end in .sql, and unit tests in .yml. (name it tests/t.sql)',
    'tests/u.yaml:1:1 project/ignored-file: tests/u.yaml is not read: data tests end in .sql, and unit tests in .yml. (name it tests/u.yml)',
  ]);
});
