import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDuckdb } from '../../src/engine/duckdb.js';
import { makeProject, queryRows, runEtl, writeFiles } from '../support/cli.js';

const etlYml = (init: string) => `name: x
targets: { dev: { lake: .etl/lake } }
engine:
  init: "${init}"
`;
const macro = (added: number) =>
  etlYml(
    `create or replace macro foo(x) as x + ${added}; create temp table if not exists t as select 7 as n`,
  );

test('what engine.init creates is there in queries, at every commit and in the catalog', async () => {
  const folder = makeProject({
    'etl.yml': macro(1),
    'models/a.sql': '/* model\nmaterialized: table\n*/\nselect foo(1) as n\n',
    'models/v.sql': 'select foo(n) as n from a\n',
  });
  for (const added of [1, 10]) {
    writeFiles(folder, { 'etl.yml': macro(added) });
    expect(await runEtl(folder, ['build'])).toMatchObject({ code: 0 });
    const rows = await queryRows(folder, 'select v.n as v, foo(0) as f, t.n as t from v, t');
    expect(rows).toEqual([{ v: 1 + 2 * added, f: added, t: 7 }]);
  }
  const before = ['query', '--commit', '1', 'select n, foo(0) as f from a', '--format', 'csv'];
  expect(await runEtl(folder, before)).toMatchObject({ code: 0, stdout: 'n,f\n2,10\n' });
  writeFiles(folder, {
    'etl.yml': etlYml('create or replace macro foo(x) as x + 10; create or replace macro unused(x) as 5'),
  });
  expect(await queryRows(folder, 'select unused(1) as u')).toEqual([{ u: 5 }]);
  writeFiles(folder, {
    'etl.yml': etlYml('create or replace macro foo(x) as x + 10; create or replace macro unused(x) as 6'),
  });
  expect(await queryRows(folder, 'select unused(1) as u')).toEqual([{ u: 6 }]);
  const engine = await openDuckdb({ path: join(folder, '.etl/dev.duckdb'), readOnly: true });
  expect(await (await engine.connect()).rows('from v')).toEqual([{ n: 21 }]);
  engine.close();
  const refused = await runEtl(folder, ['query', 'create table z as select 1 as n']);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('read-only') });
}, 60_000);

test('an engine.init that fails is named at its place', async () => {
  const folder = makeProject({ 'models/a.sql': 'select 1 as n\n' });
  expect((await runEtl(folder, ['build'])).code).toBe(0);
  writeFiles(folder, { 'etl.yml': etlYml('set nosuch = 1') });
  for (const args of [['query', 'from a'], ['show', 'a'], ['check'], ['build']]) {
    const { code, stderr } = await runEtl(folder, args);
    expect(code).toBe(1);
    expect(stderr).toContain(
      'etl.yml:4:9  project/invalid-value\n  engine.init does not run: unrecognized configuration parameter "nosuch"',
    );
    expect(stderr).toContain('hint: mend engine.init in etl.yml; it is run on every connection');
  }
  // Also while the catalog is written.
  rmSync(join(folder, '.etl/dev.duckdb'));
  expect((await runEtl(folder, ['query', 'from a'])).stderr).toContain('etl.yml:4:9  project/invalid-value');
}, 60_000);

test('what engine.init creates of a value of the environment comes into no file', async () => {
  const folder = makeProject({
    'etl.yml': etlYml("create or replace macro key() as '${env.KEY}'"),
    'models/a.sql': 'select 1 as n\n',
  });
  const env = { KEY: 'hunter2hunter2' };
  expect((await runEtl(folder, ['build'], env)).code).toBe(0);
  expect(
    (await runEtl(folder, ['query', 'select key() as k, n from a', '--format', 'csv'], env)).stdout,
  ).toBe('k,n\nhunter2hunter2,1\n');
  const files = readdirSync(join(folder, '.etl'), { recursive: true, withFileTypes: true });
  const texts = files
    .filter((file) => file.isFile())
    .map((file) => readFileSync(join(file.parentPath, file.name), 'latin1'));
  expect(texts.length).toBeGreaterThan(3);
  expect(texts.filter((text) => text.includes('hunter2'))).toEqual([]);
});
