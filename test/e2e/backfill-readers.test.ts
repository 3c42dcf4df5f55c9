import { expect, test } from 'vitest';
import { backfill } from '../../src/api/backfill.js';
import { retry, unfinished } from '../../src/api/retry.js';
import type { RunEvent } from '../../src/ir/run-event.js';
import { buildLate, buildProject, buildWell } from '../support/build-project.js';
import { makeProject, writeFiles } from '../support/cli.js';
import { asked, ids, model, project, rowsFile, run } from '../support/daily-project.js';
import { currentVersion, tableRows } from '../support/table-rows.js';

const daily = (reads: string, time: string, select: string, interval = 'day') => `/* model
materialized: incremental
strategy: time_range
event_time: ${time}
interval: ${interval}
begin: 2024-01-01
*/
select ${select} from ${reads}
`;
const chain = {
  ...project(),
  'models/doubled.sql': '/* model\nmaterialized: view\n*/\nselect id * 2 as id, t from m\n',
  'models/counted.sql': '/* model\nmaterialized: table\n*/\nselect count(*) as n from doubled\n',
  'models/weeks.sql': daily('m', 'w', "date_trunc('week', t) as w, count(*) as n", 'week').replaceAll(
    'from m',
    'from m group by all',
  ),
  'models/days.sql': daily('weeks', 'w', 'w, n'),
  'models/apart.sql': daily('s.t', 't', 'id, t'),
};

test('what reads a model follows its backfill: by intervals over the same time, or as a build does', async () => {
  const folder = makeProject({ ...chain, 'data/1.csv': rowsFile([1, 1], [2, 10], [3, 30]) });
  await buildWell(folder);
  writeFiles(folder, { 'data/2.csv': rowsFile([4, 9], [5, 11]) });
  await buildLate(folder);
  const alone = await run(folder, 10, 12);
  expect(alone.diagnostics.map(({ code, message, hint }) => [code, message, hint])).toEqual([
    [
      'run/readers-behind',
      'weeks, days read m; a build makes only the last of the intervals that they have.',
      'build the others too with `etl backfill m+ --from 2024-01-10`',
    ],
  ]);
  await buildLate(folder);
  expect(await tableRows(folder, 'days')).toEqual([
    '2024-01-01 00:00:00|1',
    '2024-01-08 00:00:00|1',
    '2024-01-29 00:00:00|1',
  ]);

  const events: RunEvent[] = [];
  const onEvent = (event: RunEvent) => events.push(event);
  const followed = await backfill({ ...asked(folder, 10, 12), model: 'm+', onEvent });
  expect([followed.status, followed.diagnostics]).toEqual(['success', []]);
  expect(events[0]).toMatchObject({ kind: 'run-started', nodeCount: 5 });
  // The week begins before the stretch that was asked for, and so does what reads the weeks.
  expect(await tableRows(folder, 'days')).toEqual([
    '2024-01-01 00:00:00|1',
    '2024-01-08 00:00:00|2',
    '2024-01-29 00:00:00|1',
  ]);
  expect(await tableRows(folder, 'counted')).toEqual(['4']);
  expect((await currentVersion(folder, 'apart')).rowCount).toBe(3);
  expect(await unfinished({ projectDir: folder })).toBeUndefined();
});

test('commands and flags in hints are quoted for the shell', async () => {
  const begin = '2024-01-02 05:00+05:00';
  const folder = makeProject({
    ...chain,
    'models/m.sql': chain['models/m.sql'].replace('begin: 2024-01-01', `begin: ${begin}`),
    'data/1.csv': rowsFile([1, 2], [2, 10], [3, 30]),
  });
  await buildWell(folder);
  const late = await backfill({ ...asked(folder, 10, 12), from: '2024-01-10 05:00+05:00', again: true });
  expect(late.diagnostics.map(({ hint }) => hint)).toEqual([
    'build the others too with `etl backfill m+ --from "2024-01-10 05:00+05:00"`',
  ]);
  const early = await run(folder, 1, 12);
  expect(early.diagnostics.map(({ hint }) => hint)).toEqual([
    'write --from "2024-01-02 05:00+05:00", or let it begin earlier',
  ]);
});

test('what reads a model waits until its backfill is whole, and a retry does both', async () => {
  const folder = makeProject({ ...chain, 'data/1.csv': rowsFile([1, 1], [2, 10], [3, 11], [4, 30]) });
  await buildWell(folder);
  const failing = "case when id = 2 then error('not yet')::bigint else id + 10 end as id, t";
  writeFiles(folder, project('full_refresh: false', failing));
  const failed = await backfill({ ...asked(folder, 10, 12), model: 'm+' });
  expect(failed.nodes.map(({ name, status }) => [name, status])).toEqual([['m', 'failed']]);
  writeFiles(
    folder,
    project('full_refresh: false', 'case when id = 2 then 99::bigint else id + 10 end as id, t'),
  );
  const options = { projectDir: folder, typeCheck: false, env: {} };
  const retried = await retry(options, (await unfinished(options))!);
  expect(retried.nodes.map(({ name }) => name).sort()).toEqual(['counted', 'days', 'doubled', 'm', 'weeks']);
  expect(retried.status).toBe('success');
  expect(await tableRows(folder, 'm')).toEqual([
    '13|2024-01-11 10:00:00',
    '1|2024-01-01 10:00:00',
    '4|2024-01-30 10:00:00',
    '99|2024-01-10 10:00:00',
  ]);
});

test('what none builds by intervals cannot be chosen for a backfill', async () => {
  const folder = makeProject({ ...chain, 'data/1.csv': rowsFile([1, 1]) });
  await buildWell(folder);
  const messageOf = async (model: string) =>
    (await backfill({ ...asked(folder, 1, 2), model })).diagnostics[0]?.message;
  expect(await messageOf('counted')).toBe('counted is not built by intervals of time.');
  expect(await messageOf('wekks')).toBe('There is no model "wekks".');
  expect(await messageOf('tag:none')).toBe('"tag:none" chooses no model.');
  expect(await messageOf('counted doubled')).toBe(
    'None of what "counted doubled" chooses is built by intervals of time.',
  );
});

test('a table that is added to says once that it keeps rows of the earlier SQL of what it reads', async () => {
  const through = (sql: string) => `/* model\nmaterialized: view\nevent_time: t\n*/\n${sql}\n`;
  const folder = makeProject({
    ...project(),
    'models/stg.sql': through('select id, t from s.t'),
    'models/between.sql': through('select id, t from stg'),
    'models/m.sql': model().replace('from s.t', 'from between'),
    'models/kept.sql': model('full_refresh: false').replace('from s.t', 'from between'),
    'models/behind.sql': '/* model\nmaterialized: table\n*/\nselect id from m\n',
    'data/1.csv': rowsFile([1, 1], [2, 5]),
  });
  await buildWell(folder);
  writeFiles(folder, { 'models/stg.sql': through('select id + 10 as id, t from s.t') });
  const warned = await buildProject(folder);
  expect(warned.diagnostics.map(({ code, severity, message }) => [code, severity, message])).toEqual([
    ['run/earlier-sql', 'warning', 'm keeps rows that were made by the earlier SQL of stg.'],
  ]);
  expect(await ids(folder)).toEqual(['12', '1']);
  writeFiles(folder, { 'data/2.csv': rowsFile([3, 5]) });
  expect((await buildProject(folder)).diagnostics).toEqual([]);
  const full = await buildProject(folder, { select: ['m'], fullRefresh: true });
  expect(full.diagnostics).toEqual([]);
  expect(await ids(folder)).toEqual(['11', '12', '13']);
});
