import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { publish } from '../../src/api/publish-tables.js';
import { rollback } from '../../src/api/rollback.js';
import { vacuum } from '../../src/api/vacuum.js';
import { buildProject, buildWell } from '../support/build-project.js';
import { makeProject, writeFiles } from '../support/cli.js';
import { connectionOfFile } from '../support/connection.js';

const { connection } = await connectionOfFile();
const model = (n: number, publish: string) =>
  `/* model\nmaterialized: table\npublish: ${publish}\n*/\nselect ${n} as n\n`;
const numbersIn = async (folder: string) =>
  (await connection.rows(`select n from read_parquet('${folder}/**/*.parquet') order by n`)).map(
    ({ n }) => n,
  );

/** The schema pins are not what these tests are about. */
async function rebuild(projectDir: string): Promise<void> {
  rmSync(join(projectDir, 'schemas'), { recursive: true, force: true });
  await buildWell(projectDir);
}
const vacuumAll = (projectDir: string) => vacuum({ projectDir, env: {}, graceMs: 0, dryRun: false });

test('a folder that went to another table is neither taken back nor vacuumed from it', async () => {
  const folder = makeProject({ 'models/old.sql': model(1, '{ path: marts/sales }') });
  const marts = join(folder, '.etl/lake/marts/sales');
  await rebuild(folder);
  rmSync(join(folder, 'models/old.sql'));
  writeFiles(folder, { 'models/new.sql': model(2, '{ path: marts/sales }') });
  await rebuild(folder);
  expect(await numbersIn(marts)).toEqual([2]);
  await vacuumAll(folder);
  expect(await numbersIn(marts)).toEqual([2]);

  // It goes on under another name of the same place, and comes back with a rollback.
  writeFiles(folder, { 'models/new.sql': model(3, '{ to: .etl/lake, path: marts/sales }') });
  await rebuild(folder);
  await vacuumAll(folder);
  expect(await numbersIn(marts)).toEqual([3]);
});

test('a rollback publishes a table that is no longer in the project where it was published last', async () => {
  const folder = makeProject({
    'models/a.sql': model(1, '{ path: marts/a }'),
    'models/b.sql': model(2, 'true'),
  });
  await rebuild(folder);
  rmSync(join(folder, 'models/a.sql'));
  await rebuild(folder);
  expect(await numbersIn(join(folder, '.etl/lake/marts/a'))).toEqual([]);
  await rollback({ projectDir: folder, env: {}, to: 1 });
  expect(await numbersIn(join(folder, '.etl/lake/marts/a'))).toEqual([1]);
});

test('what another project publishes from the same lake stays where it is', async () => {
  const one = makeProject({ 'models/a.sql': model(1, '{ path: marts/a }') });
  const target = `targets:\n  dev: { lake: ${join(one, '.etl/lake')} }\n`;
  const other = makeProject({ 'etl.yml': `name: other\n${target}`, 'models/b.sql': model(2, 'true') });
  await rebuild(one);
  await rebuild(other);
  await publish({ projectDir: other, env: {} });
  await vacuumAll(other);
  expect(await numbersIn(join(one, '.etl/lake/marts/a'))).toEqual([1]);
  expect(await numbersIn(join(one, '.etl/lake/b'))).toEqual([2]);
  expect(await numbersIn(join(one, '.etl/lake/[abm]*'))).toEqual([1, 2]);
});

test('a table that cannot be published fails the run, which tells of it and publishes the others', async () => {
  const folder = makeProject({
    'models/a.sql': model(1, '{ to: blocked, path: x }'),
    'models/b.sql': model(2, 'true'),
    blocked: 'no folder',
  });
  const failed = await buildProject(folder);
  expect(failed).toMatchObject({ status: 'failed', commit: 1 });
  expect(failed.diagnostics).toMatchObject([
    {
      code: 'publish/failed',
      message: expect.stringContaining('a is committed, but could not be published'),
    },
  ]);
  expect(await numbersIn(join(folder, '.etl/lake/b'))).toEqual([2]);
  await expect(publish({ projectDir: folder, env: {} })).rejects.toThrow('a is committed');
  rmSync(join(folder, 'blocked'));
  await buildWell(folder);
  expect(await numbersIn(join(folder, 'blocked/x'))).toEqual([1]);
});

test('folders that are the same, lie in each other, or are none are errors at their place', async () => {
  const wrong: readonly (readonly [publish: string, message: string])[] = [
    ['{ path: marts }', 'a and b are published to marts/a and marts, one inside the other'],
    ['{ path: MARTS/a }', 'are published to MARTS/a: '],
    ['{ to: .etl, path: lake/marts/a/b }', 'one inside the other'],
    ['{ path: /marts }', 'b cannot be published to the folder "/marts"'],
    ['{ path: _etl/b }', 'b cannot be published'],
  ];
  for (const [publish, message] of wrong) {
    const folder = makeProject({
      'models/a.sql': model(1, '{ path: marts/a }'),
      'models/b.sql': model(2, publish),
    });
    expect((await buildProject(folder)).diagnostics).toMatchObject([
      {
        code: 'compile/invalid-config',
        message: expect.stringContaining(message),
        span: { file: 'models/b.sql', start: { line: 3 } },
      },
    ]);
  }
});

test('a table is committed and not published where Parquet files of another lake lie, until they are gone', async () => {
  const to = '{ to: public }';
  const folder = makeProject({
    'models/a.sql': model(1, to),
    'models/b.sql': model(2, 'true'),
    'etl.yml': 'name: test\ntargets:\n  dev: { lake: .etl/lake }\n  other: { lake: .etl/other }\n',
  });
  const marts = join(folder, 'public/a');
  await rebuild(folder);
  const refused = await buildProject(folder, { target: 'other' });
  expect(refused).toMatchObject({ status: 'failed', commit: 1 });
  expect(refused.diagnostics).toMatchObject([
    {
      code: 'publish/foreign-files',
      message: expect.stringContaining(`the first of them ${join(marts, 'data.parquet')}.`),
      span: { file: 'models/a.sql', start: { line: 3 } },
    },
  ]);
  expect(await numbersIn(join(folder, '.etl/other/b'))).toEqual([2]);
  // What was published before goes on as ever.
  writeFiles(folder, { 'models/a.sql': model(3, to) });
  await rebuild(folder);
  expect(await numbersIn(marts)).toEqual([3]);
  rmSync(marts, { recursive: true });
  await buildWell(folder, { target: 'other' });
  expect(await numbersIn(marts)).toEqual([3]);
});
