import { readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { backfillProject, buildProject, buildWell } from '../support/build-project.js';
import { makeProject, runEtl, writeFiles } from '../support/cli.js';
import { built, file, model, sixDays, sources } from '../support/late-project.js';
import { expectFullBuild } from '../support/property-target.js';
import { currentVersion, tableRows } from '../support/table-rows.js';

test('a build makes the intervals again in which rows came, changed or went, and no other', async () => {
  const folder = makeProject({
    'sources.yml': sources(),
    'data/1.csv': sixDays,
    'data/2.csv': file('7,2024-01-07 12:00:00,0'),
    'models/m.sql': model('select t::date as t, count(*) as n, sum(id) as ids from s.t group by all'),
  });
  await buildWell(folder);
  const late = { 'data/3.csv': file('8,2024-01-02 13:00:00,0', '9,2024-01-04 13:00:00,0') };
  writeFiles(folder, late);
  expect(await built(folder, () => buildWell(folder))).toEqual([
    '01-02..01-03',
    '01-04..01-05',
    '01-07..01-08',
  ]);
  expect((await tableRows(folder, 'm'))[1]).toBe('2024-01-02|2|10');
  // Another value, which a count of rows does not see.
  writeFiles(folder, { 'data/1.csv': sixDays.replace('5,2024', '50,2024') });
  expect(await built(folder, () => buildWell(folder))).toEqual(['01-05..01-06', '01-07..01-08']);
  // A column of which the model makes nothing.
  writeFiles(folder, { 'data/1.csv': sixDays.replace('5,2024', '50,2024').replaceAll(',0', ',1') });
  expect(await built(folder, () => buildWell(folder))).toEqual(['01-07..01-08']);
  rmSync(join(folder, 'data/3.csv'));
  expect(await built(folder, () => buildWell(folder))).toEqual([
    '01-02..01-03',
    '01-04..01-05',
    '01-07..01-08',
  ]);
  expect((await buildProject(folder)).commit).toBeUndefined();
});

test('what reads such a table by intervals follows it, through views and other grains', async () => {
  const folder = makeProject({
    'sources.yml': sources(', cursor: id'),
    'data/1.csv': sixDays,
    'data/2.csv': file('10,2024-02-07 12:00:00,0'),
    'models/daily.sql': model('select t, id from s.t'),
    'models/seen.sql':
      '/* model\nmaterialized: view\nevent_time: t\n*/\nselect t, id from daily where id % 2 = 0',
    'models/m.sql': model('select t, count(*) over () as n from seen', '', 'month'),
    'models/named.sql': model('select t, id from seen', 'lookback: 1\n'),
  });
  await buildWell(folder);
  // The view does not let it through.
  writeFiles(folder, { 'data/3.csv': file('11,2024-01-03 13:00:00,0') });
  expect(await built(folder, () => buildWell(folder))).toEqual(['02-01..03-01']);
  writeFiles(folder, { 'data/4.csv': file('12,2024-01-03 13:00:00,0') });
  expect(await built(folder, () => buildWell(folder))).toEqual(['01-01..03-01']);
  expect(await tableRows(folder, 'named')).toContain('2024-01-03 13:00:00|12');
  expect((await buildProject(folder)).commit).toBeUndefined();
});

test('ephemeral inputs and macros are compared as they were', async () => {
  const folder = makeProject({
    'sources.yml': sources(', primary_key: id'),
    'data/1.csv': sixDays,
    'macros/even.sql': 'create macro even(x) as x % 2 = 0;\n',
    'models/seen.sql':
      '/* model\nmaterialized: ephemeral\nevent_time: t\n*/\nselect t, id, v from s.t where even(id)',
    'models/m.sql': model('select t, id, v from seen'),
  });
  await buildWell(folder);
  writeFiles(folder, { 'data/2.csv': file('1,2024-01-01 12:00:00,5', '2,2024-01-02 12:00:00,5') });
  expect(await built(folder, () => buildWell(folder))).toEqual(['01-02..01-03', '01-06..01-07']);
  expect(await tableRows(folder, 'm')).toContain('2024-01-02 12:00:00|2|5');
});

test('a backfill leaves what else changed to the next build', async () => {
  const folder = makeProject({
    'sources.yml': sources(),
    'data/1.csv': sixDays,
    'models/m.sql': model('select t, id from s.t'),
  });
  await buildWell(folder);
  writeFiles(folder, { 'data/2.csv': file('8,2024-01-02 13:00:00,0', '9,2024-01-04 13:00:00,0') });
  await buildWell(folder, { select: ['s.t'] });
  await backfillProject(folder, { model: 'm', from: '2024-01-02', to: '2024-01-03' });
  expect(await tableRows(folder, 'm')).toHaveLength(7);
  const { stdout } = await runEtl(folder, ['plan']);
  expect(stdout).toContain('missing: 2024-01-04 to 2024-01-05');
  await buildWell(folder);
  expect(await tableRows(folder, 'm')).toHaveLength(8);
  expect((await buildProject(folder)).commit).toBeUndefined();
});

test('an interval that fails is made by the next build', async () => {
  const failing = model(
    "select t, case when id = 8 then error('no') else id end as id from s.t",
    'batch_size: 1\n',
  );
  const folder = makeProject({
    'sources.yml': sources(),
    'data/1.csv': sixDays,
    'models/m.sql': failing,
  });
  await buildWell(folder);
  writeFiles(folder, { 'data/2.csv': file('8,2024-01-02 13:00:00,0', '9,2024-01-04 13:00:00,0') });
  const { status } = await buildProject(folder);
  expect(status).toBe('failed');
  expect(await tableRows(folder, 'm')).toHaveLength(7);
  writeFiles(folder, { 'data/2.csv': file('18,2024-01-02 13:00:00,0', '9,2024-01-04 13:00:00,0') });
  expect(await built(folder, () => buildWell(folder))).toEqual(['01-02..01-03', '01-06..01-07']);
  expect(await tableRows(folder, 'm')).toHaveLength(8);
});

test('an input is compared with what it was, whatever it is made of by now', async () => {
  const seen = (materialized: string, from = 's.t') => ({
    'models/calendar.sql': '/* model\nmaterialized: view\n*/\nselect 1 as one\n',
    'models/seen.sql': `/* model\nmaterialized: ${materialized}\nevent_time: t\n*/\nselect t, id from ${from}, calendar\n`,
  });
  const folder = makeProject({
    'sources.yml': sources(),
    'data/1.csv': sixDays,
    'models/m.sql': model('select t, id from seen'),
    ...seen('table'),
  });
  await buildWell(folder);
  for (const [i, way] of ['view', 'table', 'view'].entries()) {
    writeFiles(folder, {
      [`data/${i + 2}.csv`]: file(`${i + 10},2024-01-0${i + 1} 13:00:00,0`),
      ...seen(way),
    });
    const days = `01-0${i + 1}..01-0${i + 2}`;
    expect(await built(folder, () => buildProject(folder)), way).toEqual([days, '01-06..01-07']);
    expect((await buildProject(folder)).commit).toBeUndefined();
  }
  expect(await tableRows(folder, 'm')).toHaveLength(9);
});

test('a vacuum leaves what a table will be compared with', async () => {
  const folder = await landedBehind();
  const { code, output } = await runEtl(folder, ['vacuum', '--delete', '--keep-days', '0']);
  expect(code, output).toBe(0);
  expect(await built(folder, () => buildWell(folder))).toEqual(['01-02..01-03', '01-06..01-07']);
});

test('where what was seen is gone all the same, all is built', async () => {
  const folder = await landedBehind();
  const { seen } = (await currentVersion(folder, 'm')).ledger!;
  rmSync(join(folder, `.etl/lake/_etl/tables/s.t/${seen!['s.t']}.json`));
  const { nodes, status } = await buildProject(folder);
  expect(status).toBe('success');
  expect(nodes.at(-1)?.diagnostics.map(({ code, message }) => [code, message])).toEqual([
    ['run/late-rows', 'What s.t held when m was last built is no longer there: all of m was built again.'],
  ]);
  await expectFullBuild(folder, ['m'], undefined);
});

test('what was seen and cannot be read now keeps the table as it is, until it can be', async () => {
  const folder = await landedBehind();
  const before = await currentVersion(folder, 'm');
  const { seen } = before.ledger!;
  const version = join(folder, `.etl/lake/_etl/tables/s.t/${seen!['s.t']}.json`);
  const path = join(folder, '.etl/lake', JSON.parse(readFileSync(version, 'utf8')).files[0].path);
  renameSync(path, `${path}.away`);
  const { nodes, status } = await buildProject(folder);
  expect(status).toBe('failed');
  expect(nodes.at(-1)?.diagnostics[0]).toMatchObject({
    code: 'lake/corrupt',
    message: expect.stringContaining('What s.t held when m was last built cannot be read'),
    hint: expect.stringContaining('--full-refresh --select m'),
  });
  expect(await currentVersion(folder, 'm')).toEqual(before);
  renameSync(`${path}.away`, path);
  expect(await built(folder, () => buildWell(folder))).toEqual(['01-02..01-03', '01-06..01-07']);
});

/** A project whose source landed twice since its model was built, with a row that came late. */
async function landedBehind(): Promise<string> {
  const folder = makeProject({
    'sources.yml': sources(),
    'data/1.csv': sixDays,
    'models/m.sql': model('select t, id from s.t'),
  });
  await buildWell(folder);
  for (const row of ['7,2024-01-02 13:00:00,0', '8,2024-01-06 13:00:00,0']) {
    writeFiles(folder, { [`data/${row[0]}.csv`]: file(row) });
    await buildWell(folder, { select: ['s.t'] });
  }
  return folder;
}
