import { expect, test } from 'vitest';
import { makeProject, runEtl } from '../support/cli.js';

const files = {
  'etl.yml': [
    'name: t',
    'default_target: dev',
    'targets:',
    '  dev: { lake: .etl/lake }',
    '  far:',
    '    lake: s3://bucket/prefix',
    "    s3: { endpoint: 'http://127.0.0.1:1', region: auto, access_key_id: '${env.FAR_KEY}', secret_access_key: hunter2 }",
    '',
  ].join('\n'),
  'models/a.sql': 'select 1 as x\n',
};

test('a target that does not exist is never taken for the default one', async () => {
  const folder = makeProject(files);
  expect((await runEtl(folder, ['build'])).code).toBe(0);
  for (const args of [
    ['query', 'from a'],
    ['history', 'a'],
    ['show', 'a'],
    ['rollback', '1'],
    ['vacuum'],
    ['build'],
  ]) {
    const { code, stdout, stderr } = await runEtl(folder, [...args, '--target', 'deb']);
    expect(code, stderr).toBe(1);
    expect(stdout).not.toContain('│');
    expect(stderr.match(/There is no target "deb" in etl.yml/g)).toHaveLength(1);
    expect(stderr).toContain('did you mean "dev"?');
  }
}, 60_000);

test('a target without its environment variable is one error beside those of the project, and shows no secret', async () => {
  const folder = makeProject({ ...files, 'models/b.sql': 'select y from a\n' });
  for (const args of [['check'], ['build'], ['plan']]) {
    const { code, stderr } = await runEtl(folder, [...args, '--target', 'far']);
    expect(code).toBe(1);
    expect(stderr).toContain('etl.yml:7:73  project/missing-env');
    expect(stderr).toContain('models/b.sql:1:8  compile/unknown-column');
    expect(stderr).toContain('2 errors');
    expect(stderr).toContain('secret_access_key: *******');
  }
  const query = await runEtl(folder, ['query', 'from a', '--target', 'far']);
  expect(query.stderr).toContain('needs the environment variable FAR_KEY');
  expect(query.stderr).not.toContain('hunter2');
}, 60_000);

test('a lake that does not answer hides no error of the project', async () => {
  const folder = makeProject({ ...files, 'models/b.sql': 'select y from a\n' });
  const { code, stderr } = await runEtl(folder, ['check', '--target', 'far'], { FAR_KEY: 'key' });
  expect(code).toBe(1);
  expect(stderr).toContain('lake/unreachable');
  expect(stderr).toContain('models/b.sql:1:8  compile/unknown-column');
}, 60_000);
