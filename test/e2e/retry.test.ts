import { expect, test } from 'vitest';
import { runCli } from '../../src/cli/run-cli.js';
import { makeProject, writeFiles } from '../support/cli.js';
import { fakeProcess } from '../support/fake-process.js';

async function etl(folder: string, ...args: readonly string[]) {
  const { around, written } = fakeProcess({ cwd: folder, env: { NO_COLOR: '1' } });
  const code = await runCli(args, around);
  return { code, ...written };
}

const table = (sql: string) => `/* model\nmaterialized: table\n*/\n${sql}\n`;

test('retry does what failed and what was skipped for it; runs lists both runs', async () => {
  const folder = makeProject({
    'models/good.sql': table('select 1 as x'),
    'models/bad.sql': table("select cast(x || 'z' as integer) as y from good"),
    'models/after_bad.sql': table('select y from bad'),
    'models/gated.sql': table('select 3 as z'),
    'tests/no_gated.sql': 'select * from gated where z = 3\n',
  });
  expect(await etl(folder, 'retry')).toMatchObject({
    code: 0,
    stdout: 'Nothing to retry: the last run left nothing undone.\n',
  });
  expect((await etl(folder, 'build')).code).toBe(1);
  expect((await etl(folder, 'retry')).code).toBe(1);

  writeFiles(folder, {
    'models/bad.sql': table('select x as y from good'),
    'tests/no_gated.sql': 'select * from gated where z = 4\n',
  });
  const retried = await etl(folder, 'retry');
  expect(retried.code).toBe(0);
  const made = [...retried.stdout.matchAll(/^OK +build +(\w+)/gm)].map(([, name]) => name).sort();
  expect(made).toEqual(['after_bad', 'bad', 'gated']);
  expect((await etl(folder, 'retry')).stdout).toContain('Nothing to retry');

  const runs = JSON.parse((await etl(folder, 'runs', '--format', 'json')).stdout);
  expect(runs).toHaveLength(3);
  expect(runs[0]).toMatchObject({
    operation: 'build',
    target: 'dev',
    status: 'success',
    commit: 2,
    failed: [],
  });
  expect(runs[2]).toMatchObject({ status: 'failed', commit: 1 });
  expect([...runs[2].failed].sort()).toEqual(['bad', 'no_gated']);
  const text = await etl(folder, 'runs', '-n', '1');
  expect(text.stdout).toMatch(/dev +│ build │ success +│ +2 │/);
});

test('a run that chooses nothing leaves what is to be retried as it was', async () => {
  const folder = makeProject({
    'models/bad.sql': table("select cast('z' as integer) as y"),
    'models/gated.sql': table('select 3 as z'),
    'tests/no_gated.sql': 'select * from gated where z = 3\n',
  });
  expect((await etl(folder, 'build')).code).toBe(1);
  for (const args of [['test', '-s', 'nosuch'], ['build', '-s', 'tag:none'], ['land']])
    await etl(folder, ...args);
  expect((await etl(folder, 'ls', '-s', 'result:fail')).stdout).toBe('gated\n');
  expect((await etl(folder, 'retry')).stdout).toContain('Failed: bad, no_gated');
});

test('commits of others are listed too', async () => {
  const folder = makeProject({ 'models/good.sql': table('select 1 as x') });
  await etl(folder, 'build');
  await etl(folder, 'rollback', '0');
  const runs = JSON.parse((await etl(folder, 'runs', '--format', 'json')).stdout);
  expect(runs.map((run: { operation: string }) => run.operation)).toEqual(['rollback to 0', 'build']);
});
