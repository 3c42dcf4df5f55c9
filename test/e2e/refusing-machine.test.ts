import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { makeProject, runEtl } from '../support/cli.js';
import { filesBelow } from '../support/lake-contents.js';

const table = (sql: string) => `/* model\nmaterialized: table\n*/\n${sql}\n`;

test('each process spills into a folder of its own, which goes with it', async () => {
  const folder = makeProject({ 'models/a.sql': table('select 1 as x') });
  expect((await runEtl(folder, ['build'])).code).toBe(0);
  const ask = ['query', "select current_setting('temp_directory')", '--format', 'csv'];
  const answers = await Promise.all([runEtl(folder, ask), runEtl(folder, ask)]);
  const folders = answers.map(({ stdout }) => stdout.split('\n')[1]!);
  expect(new Set(folders).size).toBe(2);
  for (const one of folders) expect(one.startsWith(join(folder, '.etl/tmp/spill-'))).toBe(true);
  expect(readdirSync(join(folder, '.etl/tmp'))).toEqual([]);
});

/** Runs `etl` where no file may be larger than so many blocks, which is what a full disk is to it. */
function withSmallFiles(folder: string, blocks: number, args: readonly string[]) {
  const script = `ulimit -f ${blocks}; exec "$0" "$@"`;
  try {
    const stdout = execFileSync('bash', ['-c', script, process.execPath, inject('cliPath'), ...args], {
      cwd: folder,
      env: { ...process.env, CI: '', GITHUB_ACTIONS: '', NO_COLOR: '1' },
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return { code: 0, stdout, stderr: '' };
  } catch (error) {
    const { status, stdout, stderr } = error as { status: number; stdout: string; stderr: string };
    return { code: status, stdout, stderr };
  }
}

test.skipIf(process.platform === 'win32')(
  'a full disk fails what it hits, says so, and hides no commit',
  async () => {
    const folder = makeProject({
      'sources.yml': 'sources:\n  shop:\n    connector: file\n    tables:\n      rows: { path: rows.csv }\n',
      'rows.csv': 'id,text\n1,a\n',
      'models/small.sql': table('select 1 as x'),
      'models/large.sql': table('select i, md5(i::varchar) as text from range(100000) as t(i)'),
    });
    expect((await runEtl(folder, ['land'])).code).toBe(0);
    const rows = Array.from({ length: 40_000 }, (_, i) => `${i},${(i * 7919 ** 2).toString(36)}`);
    writeFileSync(join(folder, 'rows.csv'), `id,text\n${rows.join('\n')}\n`);
    const full = withSmallFiles(folder, 100, ['build']);
    expect(full.code).toBe(1);
    for (const what of [
      'shop.rows failed',
      'large failed',
      '.etl/dev.duckdb could not be brought up to date',
    ])
      expect(full.stderr).toMatch(new RegExp(`system/refused\\n {2}${what}.*file too large`, 'i'));
    expect(full.stderr).toContain('hint: free some space there');
    expect(full.stdout).toContain('Commit 2 in .etl/lake: small');
    const asJson = withSmallFiles(folder, 100, ['query', 'from small', '--format', 'json']);
    expect(asJson.code).toBe(1);
    expect(readFileSync(join(folder, '.etl/last-run.json'), 'utf8')).toContain('"commit":2');
    expect((await runEtl(folder, ['build'])).code).toBe(0);
    const counted = await runEtl(folder, [
      'query',
      'select (select count(*) from large) as l, (select count(*) from shop.rows) as r',
      '--format',
      'csv',
    ]);
    expect(counted.stdout).toBe('l,r\n100000,40000\n');
  },
  60_000,
);

test('caches that hold something else are as good as none', async () => {
  const folder = makeProject({ 'models/a.sql': table('select 1 as x') });
  expect((await runEtl(folder, ['build'])).code).toBe(0);
  const cache = join(folder, '.etl/cache');
  for (const text of ['null', '{}']) {
    for (const file of [...filesBelow(cache), '../last-run.json', '../runs.ndjson', '../dev.duckdb'])
      writeFileSync(join(cache, file), text);
    for (const args of [['build'], ['runs']]) {
      const { code, output } = await runEtl(folder, args);
      expect(code, `${text}: ${output}`).toBe(0);
    }
  }
}, 60_000);

test('a damaged file of the lake is named, and not the query that was to read it', async () => {
  const model = (i: number) =>
    `/* model\nmaterialized: incremental\nstrategy: merge\nunique_key: id\nfull_refresh: false\n*/\nselect 1 as id, ${i} as x\n`;
  const folder = makeProject({ 'models/a.sql': model(1) });
  expect((await runEtl(folder, ['build'])).code).toBe(0);
  const data = join(folder, '.etl/lake/_etl/data/a');
  const file = join(data, readdirSync(data)[0]!);
  const whole = readFileSync(file);
  writeFileSync(file, whole.subarray(0, 100));
  writeFileSync(join(folder, 'models/a.sql'), model(2));
  const { code, stderr } = await runEtl(folder, ['build']);
  expect(code).toBe(1);
  expect(stderr).toMatch(/lake\/corrupt\n {2}Version \S+ of a cannot be read: .*\.parquet/);
  expect(stderr).toContain('hint: restore the file, or make the table anew');
  writeFileSync(file, whole);
  expect((await runEtl(folder, ['build'])).code).toBe(0);
  expect((await runEtl(folder, ['query', 'from a', '--format', 'csv'])).stdout).toBe('id,x\n1,2\n');
}, 60_000);

test('a run of many tasks and files at once is no leak', async () => {
  const models = Array.from({ length: 12 }, (_, i) => [
    `models/m${i}.sql`,
    table(`select count(*) as n from range(3000000) as t(i) where i % 7 = ${i}`),
  ]);
  const tables = ['a', 'b', 'c', 'd'].map((name) => `      ${name}: { path: '*.csv' }\n`).join('');
  const files = Array.from({ length: 6 }, (_, i) => [`${i}.csv`, `id\n${i}\n`]);
  const folder = makeProject({
    'sources.yml': `sources:\n  s:\n    connector: file\n    tables:\n${tables}`,
    ...Object.fromEntries([...models, ...files]),
  });
  const { code, output } = await runEtl(folder, ['build', '--threads', '12']);
  expect(code, output).toBe(0);
  expect(output).not.toContain('Warning');
}, 60_000);
