import { describe, expect, test } from 'vitest';
import { buildProject, buildWell } from '../support/build-project.js';
import { makeProject, runEtl, writeFiles } from '../support/cli.js';
import { built, file, model, sixDays, sources } from '../support/late-project.js';
import { expectFullBuild } from '../support/property-target.js';
import { currentVersion } from '../support/table-rows.js';

describe('a table is what a full build makes of its inputs', () => {
  const late = { 'data/2.csv': file('20,2024-01-02 13:00:00,0') };
  const plain = model('select t, id, v from s.t');
  const seen = (query: string, materialized = 'view') =>
    `/* model\nmaterialized: ${materialized}\nevent_time: t\n*/\n${query}\n`;
  const json = (type: string, values: readonly unknown[]) => ({
    'sources.yml': sources().replace('*.csv', '*.ndjson').replace('v: BIGINT', `v: "${type}"`),
    'data/1.ndjson': values
      .map((v, i) => `${JSON.stringify({ id: i, t: `2024-01-0${i + 1}`, v })}\n`)
      .join(''),
    'models/m.sql': model('select t, id, v::varchar as y, v is null as n from s.t'),
  });

  test.each<[string, readonly Readonly<Record<string, string>>[]]>([
    [
      'where it is switched on after rows came late',
      [{ 'models/m.sql': plain.replace('late_rows: build\n', '') }, late, { 'models/m.sql': plain }],
    ],
    [
      'where begin was later for a while',
      [
        { 'models/m.sql': plain },
        { 'models/m.sql': plain.replace('01-01', '01-04') },
        late,
        { 'models/m.sql': plain },
      ],
    ],
    [
      'where a view reads another table',
      [
        { 'models/m.sql': model('select t, id from seen'), 'models/seen.sql': seen('select t, id from s.t') },
        {
          ...late,
          'models/few.sql': seen('select id from s.t where id <> 4', 'table').replace('event_time: t\n', ''),
          'models/seen.sql': seen('select t, id from s.t where id in (select id from few)'),
        },
      ],
    ],
    [
      'where a table behind a view becomes a view',
      [
        {
          'models/m.sql': model('select t, id from seen'),
          'models/seen.sql': seen('select t, id from base'),
          'models/base.sql': seen('select t, id from s.t', 'table'),
        },
        { ...late, 'models/base.sql': seen('select t, id from s.t') },
      ],
    ],
    [
      'where its SQL differs by batch',
      [
        {
          'models/m.sql': model(
            "select t, id, ${batch.start < '2024-01-02' ? sql`0` : sql`v`} as x from s.t",
            'batch_size: 1\n',
          ),
        },
        { 'data/1.csv': sixDays.replace('2,2024-01-02 12:00:00,0', '2,2024-01-02 12:00:00,7') },
      ],
    ],
    [
      'where a type changed',
      [
        {
          'sources.yml': sources().replace('v: BIGINT', 'v: INTEGER'),
          'models/m.sql': model('select t, id, v::varchar as v from s.t'),
        },
        { 'sources.yml': sources().replace('v: BIGINT', 'v: DOUBLE') },
      ],
    ],
    ['of lists', [json('BIGINT[]', [[], [1], [2], null]), json('BIGINT[]', [null, [1], [2], null])]],
    [
      'of structs',
      [
        json('STRUCT(a BIGINT)', [{ a: null }, { a: 1 }, null]),
        json('STRUCT(a BIGINT)', [null, { a: 1 }, null]),
      ],
    ],
  ])('%s', async (_, [first, ...steps]) => {
    const folder = makeProject({
      'sources.yml': sources(),
      'data/1.csv': sixDays,
      'models/m.sql': plain,
      ...first,
    });
    await buildProject(folder);
    for (const step of steps) {
      writeFiles(folder, step);
      expect((await buildProject(folder)).status).toBe('success');
    }
    await expectFullBuild(folder, ['m'], undefined);
  });

  test('of JSON in lists that is only written differently', async () => {
    const folder = makeProject({
      'sources.yml': sources(),
      'data/1.csv': sixDays,
      'models/seen.sql': seen(
        `select t, id, [case when id = 2 and v = 0 then '{"a": 1}' else '{"a":1}' end::json] as x from s.t`,
      ),
      'models/m.sql': model('select t, id, x::varchar as x from seen'),
    });
    await buildWell(folder);
    writeFiles(folder, { 'data/1.csv': sixDays.replaceAll(',0', ',1') });
    expect(await built(folder, () => buildWell(folder))).toEqual(['01-02..01-03', '01-06..01-07']);
    await expectFullBuild(folder, ['m'], undefined);
  });

  test('of zeros that differ by their sign, and intervals that are as long', async () => {
    const folder = makeProject({
      'data/1.csv': 'a\n',
      'models/base.sql': seen("select timestamp '2024-01-01' as t, 0.0::double as z, 1 as n", 'table'),
      'models/seen.sql': seen('select t, z, to_months(n) as i from base'),
      'models/m.sql': model("select t, z::varchar as z, timestamp '2024-01-31' + i as x from seen"),
    });
    await buildWell(folder);
    writeFiles(folder, {
      'models/base.sql': seen("select timestamp '2024-01-01' as t, -0.0::double as z, 1 as n", 'table'),
      'models/seen.sql': seen('select t, z, to_days(n * 30) as i from base'),
    });
    await buildWell(folder);
    await expectFullBuild(folder, ['m'], undefined);
  });
});

test('of views and tables that are followed nobody says that rows stay as the earlier SQL made them', async () => {
  const view = (value: string) =>
    `/* model\nmaterialized: view\nevent_time: t\n*/\nselect t, ${value} as id from s.t\n`;
  const folder = makeProject({
    'sources.yml': sources(),
    'data/1.csv': sixDays,
    'models/seen.sql': view('id'),
    'models/m.sql': model('select t, id from seen'),
  });
  await buildWell(folder);
  writeFiles(folder, { 'models/seen.sql': view('case when id > 3 then -id else id end') });
  expect(await built(folder, () => buildWell(folder))).toEqual(['01-04..01-07']);
  await expectFullBuild(folder, ['m'], undefined);
});

test('a model that follows nothing is warned of', async () => {
  const folder = makeProject({
    'sources.yml': sources().replace('event_time: t, ', ''),
    'data/1.csv': sixDays,
    'models/m.sql': model('select t, id from s.t where t >= ${batch.start} and t < ${batch.end}'),
  });
  const { code, stderr } = await runEtl(folder, ['check']);
  expect([code, stderr]).toEqual([
    0,
    expect.stringContaining('m.sql:7:12  compile/invalid-config (warning)'),
  ]);
  expect(stderr).toContain('so there is nothing that `late_rows: build` could follow');
});

test('a table that keeps its rows follows nothing', async () => {
  const folder = makeProject({
    'sources.yml': sources(),
    'data/1.csv': sixDays,
    'models/m.sql': model('select t, id from s.t', 'full_refresh: false\n'),
  });
  const { code, stderr } = await runEtl(folder, ['check']);
  expect(code).toBe(1);
  expect(stderr).toContain('models/m.sql:7:12  compile/invalid-config');
  expect(stderr).toContain('m keeps its rows (`full_refresh: false`)');
});

test('changes all over are built by few queries', async () => {
  const hours = (v: number) =>
    file(
      ...Array.from(
        { length: 300 },
        (_, i) => `${i},${new Date(Date.UTC(2024, 0, 1, i)).toISOString().slice(0, 19)},${i % 2 && v}`,
      ),
    );
  const folder = makeProject({
    'sources.yml': sources(),
    'data/1.csv': hours(0),
    'models/m.sql': model('select t, id, v from s.t', '', 'hour'),
  });
  await buildWell(folder);
  writeFiles(folder, { 'data/1.csv': hours(1) });
  await buildWell(folder);
  expect((await currentVersion(folder, 'm')).files.length).toBeLessThanOrEqual(80);
  await expectFullBuild(folder, ['m'], undefined);
});
