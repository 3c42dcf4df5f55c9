import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { runCli } from '../../src/cli/run-cli.js';
import { makeProject, writeFiles } from '../support/cli.js';
import { fakeProcess } from '../support/fake-process.js';

beforeEach(() => void vi.stubEnv('npm_command', undefined));

async function etl(folder: string, ...args: readonly string[]) {
  const { around, written } = fakeProcess({ cwd: folder, env: { NO_COLOR: '1' } });
  const code = await runCli(args, around);
  return { code, ...written };
}

const table = (sql: string) => `/* model\nmaterialized: table\n*/\n${sql}\n`;

async function withProduction(): Promise<string> {
  const folder = makeProject({
    'etl.yml':
      'name: test\ndefault_target: dev\ntargets: { dev: { lake: .etl/dev }, prod: { lake: .etl/prod } }\n',
    'sources.yml':
      'sources:\n  shop:\n    connector: file\n    tables:\n      orders: { path: data/orders.csv }\n',
    'data/orders.csv': 'id,amount\n1,10\n2,20\n',
    'models/stg_orders.sql':
      '/* model\nmaterialized: view\n*/\nselect id, amount * 2 as amount from shop.orders\n',
    'models/totals.sql': table('select sum(amount) as total from stg_orders'),
    'models/other.sql': table('select count(*) as n from shop.orders'),
    'models/report.sql': table('select total + n as x from totals, other'),
  });
  expect((await etl(folder, 'build', '-t', 'prod')).code).toBe(0);
  return folder;
}

const built = (stdout: string) => [...stdout.matchAll(/^OK +\w+ +([\w.]+)/gm)].map(([, name]) => name).sort();

test('a dev target builds what differs from production, and reads the rest there', async () => {
  const folder = await withProduction();
  writeFiles(folder, { 'models/totals.sql': table('select sum(amount) + 1000 as total from stg_orders') });
  // Not even the source's files are needed.
  rmSync(join(folder, 'data'), { recursive: true });
  const args = ['-s', 'state:modified+', '--state', 'prod'] as const;
  expect((await etl(folder, 'ls', ...args)).stdout).toBe('totals\nreport\n');
  const plan = await etl(folder, 'plan', '--defer', ...args);
  expect(plan.stdout).toContain('2 to build');
  const result = await etl(folder, 'build', '--defer', ...args);
  expect(result.stderr).not.toContain('error');
  expect(result.code).toBe(0);
  expect(built(result.stdout)).toEqual(['report', 'totals']);
  const { stdout } = await etl(folder, 'query', 'select x, total from report, totals', '--format', 'csv');
  expect(stdout).toBe('x,total\n1062,1060\n');
  expect((await etl(folder, 'query', 'select x from report', '-t', 'prod', '--format', 'csv')).stdout).toBe(
    'x\n62\n',
  );

  const diff = await etl(folder, 'diff', '--from', 'prod', '--to', 'dev', '--samples', '0');
  expect(diff.stdout.match(/^\w+/gm)).toEqual(['report', 'totals']);

  // Production goes on meanwhile; that is no conflict, and the next build reads what is new.
  writeFiles(folder, { 'data/orders.csv': 'id,amount\n1,10\n2,20\n3,30\n' });
  await etl(folder, 'build', '-t', 'prod', '-s', 'shop.orders', 'stg_orders', 'other');
  const again = await etl(folder, 'build', '--defer', '-s', 'totals', 'report', '--state', 'prod');
  expect(built(again.stdout)).toEqual(['report', 'totals']);
  const now = await etl(folder, 'query', 'select x, total from report, totals', '--format', 'csv');
  expect(now.stdout).toBe('x,total\n1123,1120\n');
});

test('a view over deferred tables says what it lacks', async () => {
  const folder = await withProduction();
  expect((await etl(folder, 'build', '--defer', '--state', 'prod', '-s', 'stg_orders')).code).toBe(0);
  const { stderr } = await etl(folder, 'query', 'from stg_orders');
  expect(stderr).toContain(
    'stg_orders is a view of what the lake does not have yet: etl build --select shop.orders',
  );
  await etl(folder, 'build', '-s', 'shop.orders');
  expect((await etl(folder, 'query', 'from stg_orders', '--format', 'csv')).code).toBe(0);
});

test('without --defer what is missing is built; --defer alone is a mistake', async () => {
  const folder = await withProduction();
  const result = await etl(folder, 'build', '-s', 'totals');
  expect(built(result.stdout)).toEqual(['shop.orders', 'stg_orders', 'totals']);
  expect(await etl(folder, 'build', '--defer')).toMatchObject({ code: 2 });
  expect((await etl(folder, 'build', '--defer', '--state', 'prd')).stderr).toContain('did you mean "prod"?');
});

test('what an earlier branch left in the own lake is not read where production has what the project says', async () => {
  const folder = await withProduction();
  const build = (...select: readonly string[]) =>
    etl(folder, 'build', '--defer', '--state', 'prod', '-s', ...select);
  const report = async (sql: string) => {
    writeFiles(folder, { 'models/report.sql': table(sql) });
    await build('report');
    return (await etl(folder, 'query', 'from report', '--format', 'csv')).stdout;
  };
  const stg = '/* model\nmaterialized: view\n*/\nselect id, amount * 2 as amount from shop.orders\n';
  writeFiles(folder, { 'models/stg_orders.sql': stg.replace('* 2', '* 100') });
  await build('state:modified+');
  expect(await report('select total as x from totals')).toBe('x\n3000\n');
  // The view is the project's again, and the table behind it is not made of it.
  writeFiles(folder, { 'models/stg_orders.sql': stg });
  expect(await report('select total + 1 as x from totals')).toBe('x\n61\n');
  // Chosen or built again it is the own one that counts.
  writeFiles(folder, { 'models/totals.sql': table('select sum(amount) + 1000 as total from stg_orders') });
  await build('stg_orders', 'totals');
  expect(await report('select total + 2 as x from totals')).toBe('x\n1062\n');

  // What was made from production's rows follows these.
  await build('other');
  writeFiles(folder, { 'data/orders.csv': 'id,amount\n1,10\n2,20\n3,30\n' });
  await etl(folder, 'build', '-t', 'prod', '-s', 'shop.orders', 'other');
  expect(await report('select n as x from other')).toBe('x\n3\n');
});
