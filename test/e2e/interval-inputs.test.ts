import { describe, expect, test } from 'vitest';
import { buildProject, buildWell } from '../support/build-project.js';
import { makeProject, runEtl, writeFiles } from '../support/cli.js';
import { ids, dailyModel as model } from '../support/daily-project.js';

const sources = `sources:
  s:
    connector: file
    tables:
      t: { path: data/*.csv, event_time: t, columns: { id: BIGINT, t: TIMESTAMP } }
`;

test('another event_time of an input is another logic: it decides which rows an interval sees', async () => {
  const created = sources
    .replace('event_time: t', 'event_time: created')
    .replace('t: TIMESTAMP', 't: TIMESTAMP, created: TIMESTAMP');
  const folder = makeProject({
    'sources.yml': created,
    'data/1.csv': 'id,t,created\n1,2024-01-01,2024-01-01\n2,2024-01-03,2024-01-03\n',
    'models/m.sql': model(),
  });
  await buildWell(folder);
  expect((await buildProject(folder)).commit).toBeUndefined();
  writeFiles(folder, { 'sources.yml': created.replace('event_time: created', 'event_time: t') });
  const { nodes } = await buildWell(folder);
  expect(nodes.find(({ name }) => name === 'm')?.reason).toEqual({ kind: 'logic-changed' });
  expect(await ids(folder)).toEqual(['1', '2']);
});

describe('rows that lie outside of the interval that their input was read for', () => {
  const zoned = sources.replace('t: TIMESTAMP', 't: TIMESTAMPTZ');
  const local = "select (t at time zone 'Europe/Berlin')::date as t, count(*) as id from s.t group by all";
  const rows = (...times: string[]) => `id,t\n${times.map((time, i) => `${i},${time}`).join('\n')}\n`;

  test('are an error where all of the time comes from inputs that are cut, since others would lack', async () => {
    const folder = makeProject({
      'sources.yml': zoned,
      'data/1.csv': rows('2024-01-01T12:00:00Z', '2024-01-01T23:30:00Z'),
      'models/m.sql': model('', local),
    });
    expect((await buildProject(folder)).nodes.at(-1)).toMatchObject({
      status: 'failed',
      diagnostics: [
        {
          code: 'run/rows-outside',
          message:
            '1 row of m, such as of 2024-01-02, lies outside of the interval that its input was read for: "t" is another time than "t" of s.t, so each interval would lack rows.',
          span: { file: 'models/m.sql', start: { line: 4 } },
        },
      ],
    });
  });

  test('are none where a view between has the time of the rows', async () => {
    const folder = makeProject({
      'sources.yml': zoned,
      'data/1.csv': rows('2024-01-01T12:00:00Z', '2024-01-01T23:30:00Z', '2024-01-02T12:00:00Z'),
      'models/v.sql':
        "/* model\nmaterialized: view\nevent_time: t\n*/\nselect (t at time zone 'Europe/Berlin')::date as t from s.t",
      'models/m.sql': model('', 'select count(*) as id, t from v group by all'),
    });
    await buildWell(folder);
    expect(await ids(folder)).toEqual(['1', '2']);
    writeFiles(folder, { 'data/2.csv': rows('2024-01-02T13:00:00Z') });
    await buildWell(folder);
    expect(await ids(folder)).toEqual(['1', '3']);
  });

  test.each([
    [
      'of a generated calendar',
      "select 1 as id, unnest(generate_series(date '2023-12-30', date '2024-01-02', interval 1 day))::date as t",
    ],
    ['of an input that is read whole', 'select id, t from s.t union all select 9, seen from other'],
    ['within the day', 'select id, t::date as t from s.t'],
  ])('%s are left out', async (_, query) => {
    const folder = makeProject({
      'sources.yml': sources,
      'data/1.csv': rows('2024-01-01 12:00:00', '2024-01-02 12:00:00'),
      'models/other.sql': "/* model\nmaterialized: table\n*/\nselect timestamp '2023-12-30' as seen",
      'models/m.sql': model('', query),
    });
    const { nodes, diagnostics } = await buildProject(folder);
    expect(
      [...diagnostics, ...nodes.flatMap((n) => n.diagnostics)].filter((d) => d.severity === 'error'),
    ).toEqual([]);
    expect(await ids(folder)).toHaveLength(2);
  });
});

test('tables of one source are read each in its own way: by the interval, or whole', async () => {
  const folder = makeProject({
    'sources.yml': `${sources}      w: { path: w/*.csv, columns: { id: BIGINT, x: BIGINT } }\n`,
    'data/1.csv': 'id,t\n1,2024-01-01\n2,2024-01-03\n',
    'w/1.csv': 'id,x\n1,10\n2,20\n',
    'macros/total.sql': 'create macro total() as (select sum(x) from s.w);\n',
    'models/m.sql': model(
      'batch_size: 1',
      'select b.x + total() as id, a.t from s.t a left join s.w b using (id)',
    ),
  });
  await buildWell(folder);
  expect(await ids(folder)).toEqual(['40', '50']);
});

test('etl show runs a model over all of its time', async () => {
  const folder = makeProject({
    'sources.yml': sources,
    'data/1.csv': 'id,t\n1,2024-01-01 10:00:00\n2,2024-02-10 10:00:00\n',
    'models/m.sql': model(
      '',
      'select id, t from s.t where t >= ${batch.start}::timestamp and t < ${batch.end}::timestamp',
    ),
  });
  const { code, stdout } = await runEtl(folder, ['show', 'm', '--format', 'csv']);
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: 'id,t\n1,2024-01-01 10:00:00\n2,2024-02-10 10:00:00\n',
  });
});
