import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { finished, makeProject, runEtl, startEtl, writeFiles } from '../support/cli.js';

async function initProject(): Promise<string> {
  const folder = makeProject({});
  const { code, stdout } = await runEtl(folder, ['init', 'my-project']);
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('npx etl build\n') });
  return join(folder, 'my-project');
}

test('a new project builds at once, and every command works on it', async () => {
  const project = await initProject();
  const run = async (...args: string[]) => {
    const result = await runEtl(project, args);
    expect(result.code, result.output).toBe(0);
    return result.stdout;
  };
  expect(await run('check')).toBe('All good: 5 nodes, 10 tests.\n');
  expect(await run('plan')).toContain('1 to land, 1 to seed, 3 to build, 10 to test');
  const built = await run('build');
  expect(built).toContain('1 landed, 1 seeded, 3 built; 10 tests passed.\nCommit 1 in .etl/lake: ');
  expect(built).toContain('Next: etl query "from revenue_by_month limit 5"\n');
  expect(await run('build')).toMatch(/^Nothing to do: 5 nodes unchanged, 10 tests passed before \(.*\)\.\n$/);
  expect(await run('query', 'from revenue_by_month order by all limit 1', '--format', 'csv')).toBe(
    'order_month,country_name,order_count,revenue\n2025-01,France,1,45.50\n',
  );
  expect(await run('show', 'stg_orders', '--format', 'ndjson', '-n', '1')).toMatch(
    /^\{"order_id":\d+,.*\}\n$/,
  );
  expect(await run('ls', '-s', '+orders', '--exclude', 'resource_type:seed')).toBe(
    'shop.orders\nstg_orders\norders\n',
  );
  expect(await run('ls', '-s', 'countries', 'test_name:unique', 'test_type:singular')).toBe(
    'countries\norders_before_opening\nunique_orders_order_id\nunique_stg_orders_order_id\n',
  );
  expect(JSON.parse(await run('ls', '-s', 'orders_before_opening', '--format', 'json'))).toMatchObject([
    {
      name: 'orders_before_opening',
      kind: 'test',
      assertion: 'query',
      path: 'tests/orders_before_opening.sql',
    },
  ]);
  expect(await run('test', '-s', 'stg_orders')).toContain('4 tests passed.');
  expect(await run('land')).toContain('Nothing to do: 1 node unchanged');
  await run('compile');
  expect(readFileSync(join(project, '.etl/compiled/models/staging/stg_orders.sql'), 'utf8')).toContain(
    'decimal(18, 2)',
  );
  expect(JSON.parse(await run('debug', '--format', 'json'))).toMatchObject({
    lake: { commit: 1, tableCount: 5 },
  });
  expect(await run('clean')).toContain('removed .etl/compiled\n');
  expect(existsSync(join(project, '.etl/lake/_etl'))).toBe(true);
  expect(await run('build', '--quiet')).toBe('');

  const again = await runEtl(project, ['init']);
  expect(again).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('init/not-empty') });
  // Twenty processes.
}, 120_000);

test('--vars takes key=value and YAML', async () => {
  const project = await initProject();
  for (const vars of ['opened_on=2025-02-01', '{ opened_on: 2025-02-01 }']) {
    const { stdout, output } = await runEtl(project, [
      'show',
      '--vars',
      vars,
      '--format',
      'csv',
      '--inline',
      'select ${vars.opened_on} as d',
    ]);
    expect(stdout, output).toBe('d\n2025-02-01\n');
  }
});

test('a failing test shows its rows, the query and the command for all of them', async () => {
  const project = await initProject();
  writeFiles(project, {
    'tests/no_returns.sql': "select order_id, amount from stg_orders where status = 'returned'\n",
  });
  const { code, stdout } = await runEtl(project, ['build']);
  expect(code).toBe(1);
  expect(stdout).toContain(`  ┌──────────┬────────┐
  │ order_id │ amount │
  ├──────────┼────────┤
  │        4 │   8.99 │
  └──────────┴────────┘
  query: select order_id, amount from stg_orders where status = 'returned'
  all 1 row: etl show no_returns -n 1
`);
  const shown = await runEtl(project, ['show', 'no_returns', '-n', '1', '--format', 'json']);
  expect(JSON.parse(shown.stdout)).toEqual([{ order_id: 4, amount: 8.99 }]);
});

test('a query of what the lake has no table of says why', async () => {
  const folder = makeProject({
    'models/a.sql': '/* model\nmaterialized: ephemeral\n*/\nselect 1 as x\n',
    'models/b.sql': 'select x from a\n',
  });
  expect((await runEtl(folder, ['build'])).code).toBe(0);
  writeFiles(folder, {
    'models/c.sql': 'select 1 as x\n',
    'seeds/rates.csv': 'x\n1\n',
    'sources.yml': `sources:
  shop:
    connector: file
    tables:
      orders: { path: orders.csv }
`,
  });
  const hintOf = async (sql: string) =>
    (await runEtl(folder, ['query', sql])).stderr.match(/hint: (.*)/)?.[1];
  expect(await hintOf('from a')).toBe('a is ephemeral, so the lake has no table of it: etl show a');
  expect(await hintOf('from c')).toBe('the lake does not have c yet: etl build --select c');
  expect(await hintOf('from rates')).toBe('the lake does not have rates yet: etl build --select rates');
  const landing = 'the lake does not have shop.orders yet: etl land --select shop.orders';
  expect(await hintOf('select x from b, shop.orders')).toBe(landing);
  const { stderr } = await runEtl(folder, ['query', 'from c', '-t', 'dev']);
  for (const args of [
    ['query', '--print-sql', 'a'],
    ['history', 'a'],
  ]) {
    const { code, stderr: why } = await runEtl(folder, args);
    expect(code).toBe(1);
    expect(why).toContain('hint: a is ephemeral, so the lake has no table of it: etl show a\n');
  }
  expect(stderr).toContain('yet: etl build -t dev --select c\n');
  expect(String(await hintOf('select a.x from b'))).not.toContain('etl show');
}, 60_000);

test('names that do not exist are told with the nearest ones', async () => {
  const folder = makeProject({ 'models/orders.sql': 'select 1 as x\n' });
  expect((await runEtl(folder, ['build'])).code).toBe(0);
  const hintOf = async (...args: string[]) => (await runEtl(folder, args)).stderr.match(/hint: (.*)/)?.[1];
  expect(await hintOf('show', '--inline', 'from ordrs')).toBe('did you mean "orders"?');
  expect(await hintOf('show', '--inline', 'from elsewhere')).toBe('etl ls shows what there is');
  expect(await hintOf('query', 'from ordrs')).toBe('did you mean "orders"?');
  expect(await hintOf('query', 'from elsewhere')).toBe(undefined);
  expect(await hintOf('query', '--print-sql', 'ordrs')).toBe('did you mean "orders"?');
  expect(await hintOf('history', 'ordrs')).toBe('did you mean "orders"?');
  expect(await hintOf('history', 'elsewhere')).toBe(undefined);
  expect(await hintOf('backfill', 'ordres', '--from', '2024-01-01')).toBe('did you mean "orders"?');
});

test('a macro in show --inline asks for columns as in a model', async () => {
  const folder = makeProject({
    'seeds/countries.csv': 'code,name\nFR,France\n',
    'models/wrong.sql': 'select nothing from countries\n',
  });
  const show = (sql: string) => runEtl(folder, ['show', '--format', 'csv', '--inline', sql]);
  const star = 'select ${star(ref("countries"), { except: ["name"] })} from countries';
  expect(await show(star)).toMatchObject({ code: 0, stdout: 'code\nFR\n' });
  const two = 'select ${star(ref("countries"))}, ${columnsOf(ref("countries")).length} as n from countries';
  expect(await show(two)).toMatchObject({ code: 0, stdout: 'code,name,n\nFR,France,2\n' });
  const wrong = await show('select ${star(ref("wrong"))} from wrong');
  expect(wrong).toMatchObject({ code: 1, stdout: '' });
  expect(wrong.stderr).toContain('models/wrong.sql:1:8  compile/unknown-column');
});

test('a reader that goes away ends a query quietly', async () => {
  const project = await initProject();
  const child = startEtl(project, ['query', 'from range(5000000)', '--format', 'csv']);
  child.stdout!.once('data', () => child.stdout!.destroy());
  const { code, stderr } = await finished(child);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

test('SQL comes from standard input too, and Parquet and Arrow go to standard output', async () => {
  const project = await initProject();
  const child = spawn(process.execPath, [inject('cliPath'), 'query', '--format', 'json'], { cwd: project });
  child.stdin.end('select 9007199254740993 as big, 1.10::decimal(5,2) as d');
  expect((await finished(child)).stdout).toBe('[\n  {"big":9007199254740993,"d":1.10}\n]\n');
  const parquet = await runEtl(project, ['query', 'select 1 as a', '--format', 'parquet']);
  expect(parquet.stdout.slice(0, 4)).toBe('PAR1');
  const arrow = await runEtl(project, ['query', 'select 1 as a', '--format', 'arrow']);
  expect(arrow.code, arrow.stderr).toBe(0);
});

test('what Parquet does not hold is exported exactly in another type, or not at all', async () => {
  const project = await initProject();
  const sums = `select sum(9007199254740993) as s, [1::uhugeint] as l, 1 as a, 2 as a,
    interval '-1 microsecond' as i, '10:00:00+02'::timetz as t;`;
  const child = spawn(process.execPath, [inject('cliPath'), 'query', sums, '--format', 'parquet'], {
    cwd: project,
  });
  child.stdout.pipe(createWriteStream(join(project, 's.parquet')));
  expect((await finished(child)).code).toBe(0);
  const { stdout } = await runEtl(project, ['query', `describe from 's.parquet'`, '--format', 'csv']);
  expect(
    stdout
      .split('\n')
      .slice(1, 7)
      .map((line) => line.split(',YES')[0]),
  ).toEqual([
    's,"DECIMAL(38,0)"',
    'l,"DECIMAL(38,0)[]"',
    'a,INTEGER',
    'a_1,INTEGER',
    'i,VARCHAR',
    't,VARCHAR',
  ]);
  const texts = await runEtl(project, ['query', `select i, t from 's.parquet'`, '--format', 'csv']);
  expect(texts.stdout).toBe('i,t\n-00:00:00.000001,10:00:00+02\n');
  const tooLarge = 'select\n  170141183460469231731687303715884105727::hugeint as big;';
  for (const format of ['parquet', 'arrow']) {
    const { code, stderr } = await runEtl(project, ['query', tooLarge, '--format', format]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^query\/failed\n {2}Could not cast .* from source column big\.\n\n/),
    });
  }
});

test('clean leaves lakes of all targets, other files and the runs', async () => {
  const lakes = '{ dev: { lake: .etl/lakes/dev }, prod: { lake: .etl/lakes/prod }, far: { lake: far } }';
  const folder = makeProject({
    'etl.yml': `name: test\ntargets: ${lakes}\n`,
    '.etl/notes.txt': 'mine',
    'models/a.sql': 'select 1 as x\n',
    'models/b.sql': 'select 2 as x\n',
    'tests/none.sql': 'from a\n',
  });
  for (const target of ['prod', 'far', 'dev']) await runEtl(folder, ['build', '-t', target]);
  const { stdout } = await runEtl(folder, ['clean', '-t', 'far']);
  expect(stdout.split('\n').filter(Boolean).sort()).toEqual(
    ['cache', 'dev.duckdb', 'far.duckdb', 'prod.duckdb', 'tmp'].map((name) => `removed .etl/${name}`),
  );
  expect(readdirSync(join(folder, '.etl')).sort()).toEqual([
    'lakes',
    'last-run.json',
    'notes.txt',
    'runs.ndjson',
  ]);
  for (const lake of ['.etl/lakes/dev', '.etl/lakes/prod', 'far']) {
    expect(existsSync(join(folder, lake, '_etl')), lake).toBe(true);
  }
  writeFiles(folder, { 'tests/none.sql': 'from a where x = 0\n' });
  expect((await runEtl(folder, ['retry'])).stdout).toContain('1 built; 1 test passed.');
});

test('errors are JSON on standard output where the result would be', async () => {
  const folder = makeProject({ 'models/a.sql': 'select nope from b\n' });
  for (const command of ['plan', 'pin', 'check', 'types']) {
    const { code, stdout, stderr } = await runEtl(folder, [command, '--format', 'json']);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ diagnostics: [{ code: 'compile/unknown-model' }] });
  }
  // The model is there; that it cannot be chosen needs no warning.
  expect((await runEtl(folder, ['check', '-s', 'a'])).stderr).not.toContain('select/no-match');
  const nothing = await runEtl(folder, ['retry', '--format', 'json']);
  expect(JSON.parse(nothing.stdout)).toEqual({ kind: 'diagnostics', diagnostics: [] });
  expect((await runEtl(folder, ['debug', '-t', 'nope', '--format', 'json'])).code).toBe(1);
});

test('many files at once are no leak that Node.js would warn of', async () => {
  const names = [...Array(12).keys()].map((n) => `t${n}`);
  const tables = names.map((name) => `      ${name}: { path: data/${name}-*.csv }\n`).join('');
  const files = names.flatMap((name) => [...Array(8).keys()].map((n) => [`data/${name}-${n}.csv`, 'x\n1\n']));
  const folder = makeProject({
    ...Object.fromEntries(files),
    'sources.yml': `sources:\n  s:\n    connector: file\n    tables:\n${tables}`,
    ...Object.fromEntries(names.map((name) => [`models/m_${name}.sql`, `from s.${name}\n`])),
  });
  for (const command of ['check', 'build']) {
    const { code, stderr } = await runEtl(folder, [command, '--threads', '16']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining('Warning') });
  }
});
