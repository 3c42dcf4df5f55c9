import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { vacuum } from '../../src/api/vacuum.js';
import { openDuckdb } from '../../src/engine/duckdb.js';
import { buildWell } from '../support/build-project.js';
import { makeProject, runEtl, writeFiles } from '../support/cli.js';
import { startLocalR2 } from '../support/local-r2.js';

const project = {
  'etl.yml': `name: shop
default_target: dev
targets:
  dev: { lake: .etl/lake }
  r2:
    lake: s3://lake/shop
    s3: { endpoint: '\${env.R2_ENDPOINT ?? ''http://127.0.0.1:9''}', region: auto, force_path_style: true,
          access_key_id: test-key, secret_access_key: test-secret }
`,
  'models/numbers.sql': `/* model
materialized: table
partition_by: [k]
publish: true
*/
select i % 3 as k, i as n from range(9) t(i)`,
  'models/totals.sql':
    '/* model\nmaterialized: table\n*/\nselect k, sum(n)::bigint as total from numbers group by k',
};

function publishedFiles(folder: string): string[] {
  const files = readdirSync(join(folder, '.etl/lake/numbers'), { recursive: true }) as string[];
  return files.filter((file) => file.endsWith('.parquet')).sort();
}

test('a table’s history, a rollback that published folders follow, and a vacuum', async () => {
  const folder = makeProject(project);
  const run = async (...args: string[]) => {
    const result = await runEtl(folder, args);
    expect(result.code, result.output).toBe(0);
    return result.stdout;
  };
  await run('build', '-q');
  writeFiles(folder, { 'models/numbers.sql': project['models/numbers.sql'].replace('range(9)', 'range(2)') });
  await run('build', '-q');
  const commits = JSON.parse(await run('history', '--format', 'json'));
  expect(commits).toMatchObject([
    { commit: 2, operation: 'build', changedTables: ['numbers', 'totals'], droppedTables: [] },
    { commit: 1, operation: 'build', changedTables: ['numbers', 'totals'], droppedTables: [] },
  ]);
  expect(await run('history', 'numbers', '-n', '1')).toMatch(/2 .* UTC .*build .*2 .*B .*2/);
  expect(await run('query', 'select count(*) as n from numbers', '--format', 'csv')).toBe('n\n2\n');

  expect(await run('rollback', '1', 'numbers')).toBe(
    'restored numbers\nCommit 3: 1 table as commit 1 left them.\n',
  );
  expect(await run('rollback', '1', 'numbers')).toBe(
    'Nothing to do: the tables are as commit 1 left them.\n',
  );
  expect(await run('query', 'select count(*) as n from numbers', '--format', 'csv')).toBe('n\n9\n');
  expect(publishedFiles(folder)).toEqual(['k=0/data.parquet', 'k=1/data.parquet', 'k=2/data.parquet']);
  const glob = `select count(*) as n from read_parquet('${folder}/.etl/lake/numbers/**/*.parquet')`;
  expect(await run('query', glob, '--format', 'csv')).toBe('n\n9\n');
  expect(await run('publish')).toBe('Nothing to do: all published tables are as the lake has them.\n');

  expect(await run('vacuum')).toBe('Nothing to delete.\n');
  expect(await run('vacuum', '--keep-days', '0')).toMatch(
    /Would delete 5 files, .*B\. To do it: etl vacuum --delete --keep-days 0\n$/,
  );
  expect(await run('vacuum', '--keep-days', '0', '--delete')).toMatch(/^Deleted 5 files, .*B\.\n$/);
  expect(await run('query', 'select sum(total) as n from totals', '--format', 'csv')).toBe('n\n1\n');
  const gone = await runEtl(folder, ['rollback', '2', 'numbers']);
  expect(gone).toMatchObject({ code: 1, stderr: expect.stringContaining('lake/no-commit') });
  const unknown = await runEtl(folder, ['history', 'number']);
  expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining('did you mean "numbers"?') });
  expect((await runEtl(folder, ['rollback', 'x'])).code).toBe(2);
}, 60_000);

test('a vacuum leaves a catalog that names no file that went, also where another machine built last', async () => {
  const here = makeProject(project);
  const shared = `name: shop\ntargets:\n  dev: { lake: ${here}/.etl/lake }\n`;
  const sql = project['models/numbers.sql'].replace('range(9)', 'range(2)');
  const there = makeProject({ ...project, 'models/numbers.sql': sql, 'etl.yml': shared });
  await buildWell(here);
  await buildWell(there);
  await vacuum({ projectDir: here, env: {}, graceMs: 0, dryRun: false });
  const engine = await openDuckdb({ threads: 1 });
  const connection = await engine.connect();
  try {
    await connection.run(`attach '${here}/.etl/dev.duckdb' as lake (read_only)`);
    expect(await connection.rows('select count(*) as n from lake.numbers')).toEqual([{ n: 2n }]);
  } finally {
    connection.close();
    engine.close();
  }
});

test('a project builds to R2, and another machine reads exactly those rows', async () => {
  const r2 = await startLocalR2();
  try {
    const env = { R2_ENDPOINT: r2.endpoint };
    const run = async (folder: string, ...args: string[]) => {
      const result = await runEtl(folder, [...args, '--target', 'r2'], env);
      expect(result.code, result.output).toBe(0);
      return result.stdout;
    };
    const builder = makeProject(project);
    expect(await run(builder, 'build')).toContain('Commit 1 in s3://lake/shop: ');
    expect(await run(builder, 'build')).toContain('Nothing to do');
    const reader = makeProject({ 'etl.yml': project['etl.yml'] });
    expect(await run(reader, 'query', 'from totals order by k', '--format', 'csv')).toBe(
      'k,total\n0,9\n1,12\n2,15\n',
    );
    expect(await run(reader, 'query', 'select count(*) as n from numbers', '--format', 'csv')).toBe('n\n9\n');
    expect(await run(builder, 'publish')).toContain('Nothing to do');
  } finally {
    await r2.stop();
  }
});
