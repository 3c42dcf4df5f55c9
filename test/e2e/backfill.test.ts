import { expect, test } from 'vitest';
import { backfill } from '../../src/api/backfill.js';
import { land } from '../../src/api/build.js';
import { retry, unfinished } from '../../src/api/retry.js';
import type { RunEvent } from '../../src/ir/run-event.js';
import { backfillProject, buildLate, buildProject, buildWell } from '../support/build-project.js';
import { makeProject, runEtl, writeFiles } from '../support/cli.js';
import { asked, day, ids, model, project, rowsFile, run } from '../support/daily-project.js';
import { currentVersion, tableRows } from '../support/table-rows.js';

test('late rows come in by a backfill, which leaves alone what is built from the same inputs', async () => {
  const folder = makeProject({ ...project(), 'data/1.csv': rowsFile([1, 1], [2, 5], [3, 9]) });
  await buildWell(folder);
  writeFiles(folder, { 'data/2.csv': rowsFile([4, 2], [5, 5], [6, 9]) });
  await buildLate(folder);
  expect(await ids(folder)).toEqual(['1', '2', '3', '6']);
  const first = await run(folder, 1, 6);
  expect(first.status).toBe('success');
  expect(await ids(folder)).toEqual(['1', '2', '3', '4', '5', '6']);
  const { ledger } = await currentVersion(folder, 'm');
  expect(ledger!.intervals.map(({ start, end }) => `${start.slice(8, 10)}-${end.slice(8, 10)}`)).toEqual([
    '01-06',
    '06-09',
    '09-10',
  ]);
  const again = await run(folder, 1, 6);
  expect([again.status, again.commit]).toEqual(['success', undefined]);
  expect((await run(folder, 1, 6, true)).commit).toBeDefined();
  expect((await buildWell(folder)).commit).toBeUndefined();
  expect(await ids(folder)).toEqual(['1', '2', '3', '4', '5', '6']);
});

test('many parts are told as one run, and nothing begins that does not type-check', async () => {
  const folder = makeProject({
    ...project(),
    'data/1.csv': rowsFile(...[...Array(30).keys()].map((n) => [n, n + 1] as const)),
  });
  await buildWell(folder);
  const events: RunEvent[] = [];
  const again = await backfill({ ...asked(folder, 1, 31), onEvent: (event) => events.push(event) });
  expect(again.nodes.map(({ name, status }) => [name, status])).toEqual([['m', 'reused']]);
  expect(events.map(({ kind }) => kind)).toEqual(['run-started', 'node-finished', 'run-finished']);

  writeFiles(folder, { 'macros/wrong.ts': "export const wrong: number = 'text';\n" });
  const refused = await runEtl(folder, ['backfill', 'm', '--from', day(1), '--again']);
  expect([refused.code, refused.stdout]).toEqual([1, '']);
  expect(refused.stderr.match(/check\/type-error/g)).toHaveLength(1);
});

test('a backfill that failed in part is retried where it failed', async () => {
  const folder = makeProject({ ...project(), 'data/1.csv': rowsFile([1, 1], [2, 2], [3, 3], [4, 4]) });
  await buildWell(folder);
  const failing = (id: number) =>
    `case when id = ${id} then error('not yet')::bigint else id + 10 end as id, t`;
  writeFiles(folder, project('full_refresh: false', failing(2)));
  const failed = await run(folder, 1, 4);
  expect(failed.nodes.map(({ name, status }) => [name, status])).toEqual([['m', 'failed']]);
  expect(await ids(folder)).toEqual(['11', '13', '2', '4']);
  expect((await unfinished({ projectDir: folder }))?.operation).toBe('backfill');

  writeFiles(folder, project('full_refresh: false', 'id + 20 as id, t'));
  const options = { projectDir: folder, typeCheck: false, env: {} };
  expect((await retry(options, (await unfinished(options))!)).status).toBe('success');
  expect(await ids(folder)).toEqual(['11', '13', '22', '4']);
  expect(await unfinished(options)).toBeUndefined();
});

test.each([
  ['foo', '2024-01-05', '"foo" is no moment at which a backfill can begin.'],
  ['2024-13-01', undefined, '"2024-13-01" is no moment at which a backfill can begin.'],
  ['2024-01-01', '2024-02-31', '"2024-02-31" is no moment at which a backfill can end.'],
  ['2024-01-05', '2024-01-05', 'There is no time from 2024-01-05 to 2024-01-05.'],
  ['2023-12-31T23:00:00Z', undefined, 'm begins at 2024-01-01, which is after 2023-12-31T23:00:00Z.'],
])('from %s to %s cannot be built', async (from, to, message) => {
  const folder = makeProject({ ...project(), 'data/1.csv': rowsFile([1, 1]) });
  await buildWell(folder);
  const result = await backfillProject(folder, { model: 'm', from, to });
  expect(result.diagnostics.map((d) => [d.code, d.message])).toEqual([['run/no-backfill', message]]);
});

test('as far as a moment can be', async () => {
  const folder = makeProject({ ...project(), 'data/1.csv': rowsFile([1, 1], [2, 5]) });
  const minutes = project()['models/m.sql'].replace('interval: day', 'interval: minute');
  writeFiles(folder, { 'models/m.sql': minutes });
  const result = await backfill({ ...asked(folder, 1, 2), to: '9999-12-31' });
  expect(result.status).toBe('success');
  expect(await ids(folder)).toEqual(['1', '2']);
});

test('two backfills of different intervals at once both land', async () => {
  const folder = makeProject({
    ...project(),
    'data/1.csv': rowsFile(...[...Array(20).keys()].map((n) => [n, n + 1] as const)),
  });
  await buildWell(folder);
  writeFiles(folder, { 'data/2.csv': rowsFile([100, 2], [101, 4], [102, 12], [103, 14]) });
  await buildLate(folder);
  const results = await Promise.all([run(folder, 1, 6), run(folder, 11, 16)]);
  expect(results.map((result) => result.status)).toEqual(['success', 'success']);
  expect((await ids(folder)).length).toBe(24);
});

test('a stretch of a model whose query changed cannot be built by itself, unless the table is protected', async () => {
  const folder = makeProject({ ...project(), 'data/1.csv': rowsFile([1, 1], [2, 5]) });
  await buildWell(folder);
  writeFiles(folder, { 'models/m.sql': model('', 'id + 10 as id, t') });
  const refused = await run(folder, 1, 3);
  expect(refused.diagnostics.map((d) => d.message)).toEqual([
    'The query of m changed, so a part of it alone cannot be built.',
  ]);
  writeFiles(folder, { 'models/m.sql': model('full_refresh: false', 'id + 10 as id, t') });
  await buildWell(folder);
  // Only what had not ended is built by the new query.
  expect(await ids(folder)).toEqual(['12', '1']);
  expect((await run(folder, 1, 3)).status).toBe('success');
  expect(await ids(folder)).toEqual(['11', '12']);
});

test('new columns of an incremental table fail, come in, or stay out', async () => {
  const folder = makeProject({
    ...project('full_refresh: false'),
    'data/1.csv': rowsFile([1, 1], [2, 5]),
    'models/reader.sql': '/* model\nmaterialized: table\n*/\nselect * from m',
  });
  await buildWell(folder);
  const wider = "id, t, 'new' as extra";
  writeFiles(folder, { 'models/m.sql': model('full_refresh: false', wider) });
  const failed = await buildProject(folder);
  expect(failed.diagnostics.map((d) => [d.code, d.notes?.map((note) => note.message)])).toEqual([
    ['run/schema-changed', ['extra VARCHAR is new']],
  ]);
  writeFiles(folder, { 'models/m.sql': model('full_refresh: false\non_schema_change: ignore', wider) });
  await buildWell(folder);
  expect((await currentVersion(folder, 'reader')).schema.columns.map((c) => c.name)).toEqual(['id', 't']);
  writeFiles(folder, {
    'models/m.sql': model(
      'full_refresh: false\non_schema_change: append_new_columns',
      "t, 7::bigint as id, 'new' as extra",
    ),
  });
  await buildWell(folder);
  expect(await tableRows(folder, 'reader')).toEqual([
    '1|2024-01-01 10:00:00|NULL',
    '7|2024-01-05 10:00:00|new',
  ]);
  writeFiles(folder, {
    'models/m.sql': model('full_refresh: false\non_schema_change: sync_all_columns', 't, 1 as only'),
  });
  await buildWell(folder);
  expect(await tableRows(folder, 'm')).toEqual(['2024-01-01 10:00:00|NULL', '2024-01-05 10:00:00|1']);
});

test('a sample of the sources is built apart from the real rows', async () => {
  const folder = makeProject({
    ...project(),
    'data/1.csv': rowsFile(...[...Array(20).keys()].map((n) => [n, n + 1] as const)),
  });
  await buildWell(folder, { sample: { kind: 'rows', count: 0 } });
  expect((await currentVersion(folder, 'm')).rowCount).toBe(0);
  await buildWell(folder, { sample: { kind: 'percent', percent: 50 } });
  const some = (await currentVersion(folder, 'm')).rowCount;
  expect(some).toBeGreaterThan(2);
  expect(some).toBeLessThan(18);
  await buildWell(folder);
  expect((await currentVersion(folder, 'm')).rowCount).toBe(20);
});

test('what is built from a sample that the lake holds is a sample too, until all rows are there', async () => {
  const folder = makeProject({
    ...project(),
    'data/1.csv': rowsFile(...[...Array(20).keys()].map((n) => [n, n + 1] as const)),
    'models/through.sql': '/* model\nmaterialized: view\n*/\nselect * from s.t\n',
    'models/added.sql': `/* model
materialized: incremental
strategy: append
*/
select * from through \${when(incremental, sql\`where id > (select max(id) from \${self})\`)}
`,
    'models/past.sql': `/* model
materialized: snapshot
unique_key: id
check_columns: all
hard_deletes: invalidate
*/
select id from added
`,
  });
  const rowCounts = async () =>
    Promise.all(['m', 'added', 'past'].map(async (name) => (await currentVersion(folder, name)).rowCount));
  const select = ['m', 'added', 'past'];
  await buildWell(folder, { sample: { kind: 'rows', count: 5 } });
  await buildWell(folder, { select });
  await buildWell(folder);
  expect(await rowCounts()).toEqual([20, 20, 20]);

  const options = { projectDir: folder, typeCheck: false, env: {} };
  await land({ ...options, sample: { kind: 'rows', count: 5 } });
  await buildWell(folder, { select: ['m', 'added'] });
  expect(await rowCounts()).toEqual([5, 5, 20]);
  const refused = await buildProject(folder, { select: ['past'] });
  expect(refused.diagnostics).toMatchObject([
    { code: 'run/protected', hint: expect.stringContaining('etl build -s +past') },
  ]);
  await buildWell(folder);
  expect(await rowCounts()).toEqual([20, 20, 20]);
  await land({ ...options, sample: { kind: 'rows', count: 5 } });
  expect((await run(folder, 1, 3)).diagnostics).toMatchObject([
    { code: 'run/no-backfill', message: expect.stringContaining('the same sample') },
  ]);
  expect((await tableRows(folder, 'past')).every((row) => row.endsWith('|true'))).toBe(true);
});
