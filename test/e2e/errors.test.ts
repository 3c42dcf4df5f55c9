import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeProject, runEtl, writeFiles } from '../support/cli.js';

const broken = {
  'sources.yml': [
    'sources:',
    '  shop:',
    '    connector: file',
    '    tables:',
    '      orders: { path: data/orders.csv }',
    '',
  ].join('\n'),
  'data/orders.csv': 'order_id,status,amount\n1,placed,10.5\n2,shipped,20\n',
  'seeds/ragged.csv': 'code,name\nDE,Germany\nFR\n',
  'macros/bad.ts': "export function explode(): never {\n  throw new Error('boom');\n}\n",
  'models/base.sql': 'select order_id, status, amount from shop.orders\n',
  'models/unknown_model.sql': 'select *\nfrom basee\n',
  'models/unknown_column.sql': 'select order_id,\n       amout\nfrom base\n',
  'models/type_mismatch.sql': 'select order_id + [1] as x\nfrom base\n',
  'models/syntax_error.sql': 'select order_id\nfrom base\nwhere where\n',
  'models/cycle_a.sql': 'select * from cycle_b\n',
  'models/cycle_b.sql': 'select * from cycle_a\n',
  'models/one/twice.sql': 'select 1 as a\n',
  'models/two/twice.sql': 'select 2 as a\n',
  'models/bad_key.sql': '/* model\nmaterialised: table\n*/\nselect 1 as a\n',
  'models/bad_yaml.sql': '/* model\ntags: [a, b\n*/\nselect 1 as a\n',
  'models/no_end.sql': '/* model\ntags: [a]\nselect 1 as a\n',
  'models/bad_interval.sql':
    '/* model\nmaterialized: incremental\nstrategy: time_range\nevent_time: t\ninterval: days\nbegin: 2024-01-01\n*/\n' +
    "select timestamp '2024-01-01' as t\n",
  'models/unknown_source.sql': 'select * from shop.ordrs\n',
  'models/no_var.sql': 'select ${vars.nope} as a\n',
  'models/throws.sql': 'select ${explode()} as a\n',
  'models/no_macro.sql': 'select 1 as a, ${explod()} as b\n',
};

/** File, line and column, code, and what else must be said. */
const expected: readonly (readonly [string, string, string?])[] = [
  ['models/unknown_model.sql:2:6', 'compile/unknown-model', 'did you mean "base"?'],
  ['models/unknown_column.sql:2:8', 'compile/unknown-column', 'did you mean "amount"?'],
  ['models/type_mismatch.sql:1:', 'compile/type-mismatch'],
  ['models/syntax_error.sql:3:7', 'compile/syntax-error'],
  ['models/cycle_', 'compile/cycle', 'cycle_a'],
  ['models/two/twice.sql:1:1', 'project/duplicate-name', 'models/one/twice.sql'],
  ['models/bad_key.sql:2:1', 'project/unknown-key', 'did you mean "materialized"?'],
  ['models/bad_yaml.sql:', 'project/bad-yaml'],
  ['models/no_end.sql:1:1', 'project/bad-yaml', 'end it with */'],
  ['models/bad_interval.sql:5:11', 'project/invalid-value', 'did you mean "day"?'],
  ['models/unknown_source.sql:1:15', 'compile/unknown-source', 'did you mean "shop.orders"?'],
  ['models/no_var.sql:1:15', 'check/type-error', "Property 'nope' does not exist"],
  ['models/throws.sql:1:8', 'template/macro-error', 'macros/bad.ts:2:9'],
  ['models/no_macro.sql:1:18', 'template/unknown-name', 'did you mean "explode"?'],
  ['seeds/ragged.csv:3:1', 'seed/ragged-row'],
];

test('each mistake is its own error, at its place, all in one check', async () => {
  const folder = makeProject(broken);
  const { code, output } = await runEtl(folder, ['check']);
  expect(code, output).toBe(1);
  for (const [place, errorCode, more] of expected) {
    const block = output.split(/\n(?=\S+:\d+:\d+)/).find((b) => b.startsWith(place) && b.includes(errorCode));
    expect(block, `${place} ${errorCode} in\n${output}`).toBeDefined();
    if (more !== undefined) expect(block).toContain(more);
  }
  // Nothing else: no follow-up errors from what is wrong above.
  const codes = output.match(/^\S+:\d+:\d+ {2}\S+$/gm) ?? [];
  expect(codes.length, output).toBe(expected.length);
});

test('a macro file that does not parse is one error, and leaves the others in use, also in an ES module package', async () => {
  const folder = makeProject({
    'package.json': '{ "type": "module" }',
    'macros/bad.ts': 'export const half = (\nexport const other = [1, 2;\n',
    'macros/good.ts': "import { sql } from 'parquetry';\nexport const one = () => sql`1`;\n",
    'models/uses_good.sql': 'select ${one()} as a\n',
    'models/unknown.sql': 'select * from uses_goood\n',
  });
  const { code, output } = await runEtl(folder, ['check']);
  expect(code, output).toBe(1);
  expect(output).not.toContain('template/macro-load-failed');
  expect(output).toContain('template/syntax-error');
  expect(output).not.toContain('check/type-error');
  expect(output).toContain('2 errors');
  expect(output).toContain('did you mean "uses_good"?');
});

test('a source that was there and cannot be read now is a warning of check, and an error of the build that lands it', async () => {
  const folder = makeProject({
    'sources.yml':
      'sources:\n  web:\n    connector: file\n    tables:\n      clicks: { path: data/clicks.csv }\n',
    'data/clicks.csv': 'id\n1\n',
    'models/clicks.sql': 'select id from web.clicks\n',
  });
  expect((await runEtl(folder, ['build'])).code).toBe(0);
  rmSync(join(folder, 'data/clicks.csv'));
  const check = await runEtl(folder, ['check']);
  expect(check.code, check.output).toBe(0);
  expect(check.stderr).toContain('sources.yml:5:23  land/no-files (warning)');
  const build = await runEtl(folder, ['build']);
  expect(build.code).toBe(1);
  expect(build.output.match(/land\/no-files/g)).toHaveLength(1);
});

test('a source that cannot be read and never landed fails what depends on it and nothing else', async () => {
  const folder = makeProject({
    'sources.yml': `sources:
  web:
    connector: file
    tables:
      bad: { path: data/bad.csv }
      good: { path: data/good.csv }
`,
    'data/bad.csv': 'id,n\n1\n',
    'data/good.csv': 'id,n\n1,2\n',
    'macros/all_bad.sql': 'create macro all_bad() as table select * from web.bad;\n',
    'models/good.sql': 'select id from web.good\n',
    'models/bad.sql': 'select id from web.bad\n',
    'models/by_macro.sql': 'select * from all_bad()\n',
    'models/joined.sql': 'select good.id from good join bad using (id)\n',
    'models/by_columns.sql': 'select ${columnsOf(ref("web.bad")).length} as x from web.good\n',
    'tests/no_bad.sql': 'select * from bad where id is null\n',
  });
  const check = await runEtl(folder, ['check']);
  expect(check.code).toBe(1);
  expect(check.output.match(/land\/bad-row/g)).toHaveLength(1);
  const land = await runEtl(folder, ['land', '-s', 'web.good']);
  expect(land.code, land.output).toBe(0);

  const tested = await runEtl(folder, ['test']);
  expect(tested.code).toBe(1);
  expect(tested.output.match(/land\/bad-row/g)).toHaveLength(1);
  expect((await runEtl(folder, ['test', '-s', 'web.good'])).code).toBe(0);
  const build = await runEtl(folder, ['build']);
  expect(build.code).toBe(1);
  expect(build.output.match(/land\/bad-row/g)).toHaveLength(1);
  expect(build.stdout).toContain('1 built, 1 reused, 1 failed, 4 skipped.');
  expect([...build.stdout.matchAll(/^SKIP +view +(\w+) +because of web\.bad$/gm)]).toHaveLength(4);
  const plan = await runEtl(folder, ['plan', '-s', 'joined']);
  expect(plan.code).toBe(1);
  expect(plan.stderr).toContain('land/bad-row');

  writeFiles(folder, { 'data/bad.csv': 'id,n\n1,2\n' });
  const retry = await runEtl(folder, ['retry']);
  expect(retry.code, retry.output).toBe(0);
  expect(retry.stdout).toContain('1 landed, 4 built');
}, 60_000);

test('tables whose models cannot be compiled for want of a source stay in the lake', async () => {
  const source = (table: string) => `      ${table}: { path: data/${table}.csv }\n`;
  const sources = `sources:\n  web:\n    connector: file\n    tables:\n${source('good')}`;
  const folder = makeProject({
    'sources.yml': sources,
    'data/good.csv': 'id\n1\n',
    'models/m.sql': 'select id from web.good\n',
  });
  expect((await runEtl(folder, ['build'])).code).toBe(0);
  writeFiles(folder, {
    'sources.yml': sources + source('bad'),
    'data/bad.csv': '',
    'models/m.sql': 'select id from web.good union all select id from web.bad\n',
  });
  expect((await runEtl(folder, ['build'])).code).toBe(1);
  expect((await runEtl(folder, ['query', 'from m'])).code).toBe(0);
});

test('tests of tables that the lake does not have are not left out without a word', async () => {
  const folder = makeProject({
    'models/a.sql': 'select 1 as x\n',
    'models/e.sql': '/* model\nmaterialized: ephemeral\n*/\nselect x from a\n',
    'tests/none.sql': 'from e where x = 0\n',
    'models/b.sql':
      '/* model\ncolumns: { x: { tests: [{ relationships: { to: a, field: x } }] } }\n*/\nselect 1 as x\n',
  });
  const tested = await runEtl(folder, ['test']);
  expect(tested.stderr).toContain('2 tests cannot run: the lake has no a, b.');
  expect(tested.stderr).toContain('hint: build them first: etl build --select a b\n');
  const elsewhere = await runEtl(folder, ['test', '-t', 'dev']);
  expect(elsewhere.stderr).toContain('hint: build them first: etl build -t dev --select a b\n');
  const selected = await runEtl(folder, ['build', '-s', 'b']);
  expect(selected.stderr).toContain('1 test cannot run: the lake has no a.');
  const whole = await runEtl(folder, ['build']);
  expect(whole.stderr).not.toContain('cannot run');
  expect((await runEtl(folder, ['test'])).stdout).toContain('2 tests passed.');
});
