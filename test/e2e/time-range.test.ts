import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildLate, buildProject, buildWell } from '../support/build-project.js';
import { makeProject, writeFiles } from '../support/cli.js';
import { ids, dailyModel as model } from '../support/daily-project.js';
import { currentVersion, tableRows } from '../support/table-rows.js';

const sources = `sources:
  s:
    connector: file
    tables:
      t: { path: data/*.csv, event_time: t, columns: { id: BIGINT, t: TIMESTAMP } }
`;
const dayMs = 86_400_000;
const day = (n: number) => new Date(Date.UTC(2024, 0, 1) + n * dayMs).toISOString().slice(0, 10);
const rowsFile = (rows: readonly (readonly [number, string])[]) =>
  `id,t\n${rows.map((row) => row.join(',')).join('\n')}\n`;
test('builds missing intervals, those that had not ended, and as many before as the lookback says', async () => {
  const folder = makeProject({
    'sources.yml': sources,
    'data/1.csv': rowsFile([
      [1, `${day(0)} 10:00:00`],
      [2, `${day(2)} 10:00:00`],
    ]),
    'models/m.sql': model('lookback: 1'),
  });
  await buildWell(folder);
  expect((await currentVersion(folder, 'm')).ledger).toMatchObject({
    grain: 'day',
    begin: '2024-01-01T00:00:00Z',
    end: '2024-01-04T00:00:00Z',
    intervals: [{ start: '2024-01-01T00:00:00Z', end: '2024-01-04T00:00:00Z' }],
  });
  expect((await buildProject(folder)).commit).toBeUndefined();
  writeFiles(folder, {
    'data/2.csv': rowsFile([
      [3, `${day(0)} 11:00:00`],
      [4, `${day(1)} 11:00:00`],
      [5, `${day(2)} 11:00:00`],
      [6, `${day(5)} 11:00:00`],
    ]),
  });
  const { nodes } = await buildLate(folder);
  expect(nodes.at(-1)!.diagnostics).toMatchObject([
    {
      message: '1 row of s.t came late: it lies before 2024-01-02, where m is not built again.',
      hint: 'build their intervals again, or all with etl backfill m --from 2024-01-01; where rows often come late, raise `lookback`, or write `late_rows: build`',
    },
  ]);
  const ids = (await tableRows(folder, 'm')).map((row) => row.split('|')[0]);
  // Row 3 came later than the lookback allows.
  expect(ids).toEqual(['1', '2', '4', '5', '6']);
});

test.each(['DATE', 'TIMESTAMP', 'TIMESTAMP_NS', 'TIMESTAMPTZ'])(
  'the time zone of a session moves no %s to another interval',
  async (type) => {
    const folder = makeProject({
      'etl.yml': `name: test\nengine: { init: "set TimeZone = 'Asia/Kathmandu'" }\n`,
      'models/s.sql': `/* model\nmaterialized: table\nevent_time: t\n*/
        select id, cast(t || ' 00:00:00+00' as ${type}) as t from (values (1, '${day(0)}'), (2, '${day(3)}')) as v(id, t)`,
      'models/m.sql': model('', 'select id, t from s'),
    });
    await buildWell(folder);
    expect(await ids(folder)).toEqual(['1', '2']);
  },
);

test('rows without a time are an error, those beyond the interval belong to another', async () => {
  const folder = makeProject({
    'sources.yml': sources,
    'data/1.csv': rowsFile([[1, `${day(0)} 10:00:00`]]),
    'models/m.sql': model('', 'select id, case when id = 1 then null else t end as t from s.t'),
  });
  const result = await buildProject(folder);
  expect(result.nodes.flatMap((node) => node.diagnostics)).toMatchObject([
    {
      message: '1 row of m has no t, so no interval holds it.',
      hint: 'leave them out with `where t is not null`, or give them a time',
      span: { file: 'models/m.sql', start: { line: 4 } },
    },
  ]);
  const ordered = model('', 'select id, case when id = 2 then t end as "order" from s.t');
  writeFiles(folder, { 'models/m.sql': ordered.replace('event_time: t', 'event_time: order') });
  expect((await buildProject(folder)).nodes.flatMap((node) => node.diagnostics)).toMatchObject([
    { hint: 'leave them out with `where "order" is not null`, or give them a time' },
  ]);
});

test('rows of an input without a time are an error, which a model between mends', async () => {
  const folder = makeProject({
    'sources.yml': sources,
    'data/1.csv': rowsFile([
      [1, `${day(0)} 10:00:00`],
      [2, ''],
      [3, ''],
    ]),
    'models/m.sql': model(''),
  });
  const result = await buildProject(folder);
  expect(result.nodes.flatMap((node) => node.diagnostics)).toMatchObject([
    {
      code: 'run/no-event-time',
      message: '2 rows of s.t have no t, so no interval holds them.',
      span: { file: 'sources.yml', start: { line: 5 } },
    },
  ]);
  writeFiles(folder, {
    'models/timed.sql':
      '/* model\nmaterialized: view\nevent_time: t\n*/\nselect * from s.t where t is not null\n',
    'models/m.sql': model('', 'select id, t from timed'),
  });
  await buildWell(folder);
  expect((await tableRows(folder, 'm')).length).toBe(1);
});

const warningsOf = ({ nodes }: Awaited<ReturnType<typeof buildProject>>) =>
  nodes.flatMap((node) => node.diagnostics.map((d) => `${d.severity} ${d.message}`));

test.each(['day', 'week', 'month', 'year'])(
  'rows of the year 9999 and later stand for no time: left out with a warning (%s)',
  async (interval) => {
    const folder = makeProject({
      'sources.yml': sources,
      'data/1.csv': rowsFile([[1, `${day(0)} 10:00:00`]]),
      'models/m.sql': model('').replace('interval: day', `interval: ${interval}`),
    });
    await buildWell(folder);
    const far: [number, string][] = [
      [8, '9999-12-31 23:59:59'],
      [9, '10000-01-01'],
      [10, 'infinity'],
    ];
    writeFiles(folder, { 'data/2.csv': rowsFile([[2, `${day(4)} 10:00:00`], ...far]) });
    const result = await buildProject(folder);
    expect(result.status).toBe('success');
    expect(warningsOf(result)).toEqual([
      'warning 3 rows of s.t lie in the year 9999 or later, which no interval of m reaches.',
    ]);
    expect(await ids(folder)).toEqual(['1', '2']);
  },
);

test('rows of the future are named, and hold back no later row', async () => {
  const folder = makeProject({
    'sources.yml': sources,
    'data/1.csv': rowsFile([[1, `${day(0)} 10:00:00`]]),
    'data/2.csv': rowsFile([[9, '2999-01-01 10:00:00']]),
    'models/m.sql': model(''),
  });
  const result = await buildProject(folder);
  expect(result.status).toBe('success');
  expect(warningsOf(result)).toEqual([
    'warning s.t has rows of the future: the latest is of 2999-01-01T10:00:00Z.',
  ]);
  expect((await buildProject(folder)).commit).toBeUndefined();
  writeFiles(folder, { 'data/3.csv': rowsFile([[2, `${day(4)} 10:00:00`]]) });
  await buildProject(folder);
  expect(await ids(folder)).toEqual(['1', '2', '9']);
  writeFiles(folder, { 'data/2.csv': rowsFile([]) });
  await buildWell(folder);
  writeFiles(folder, { 'data/4.csv': rowsFile([[3, `${day(6)} 10:00:00`]]) });
  await buildWell(folder);
  expect(await ids(folder)).toEqual(['1', '2', '3']);
  expect((await currentVersion(folder, 'm')).ledger).toMatchObject({
    end: `${day(7)}T00:00:00Z`,
    intervals: [{ start: `${day(0)}T00:00:00Z` }, { end: `${day(7)}T00:00:00Z` }],
  });
});

test.each([
  ['nosuch', 's.t has no column "nosuch", which its event_time names.', 'its columns are id, t'],
  ['id', '"id" of s.t is BIGINT; an event_time is a date or a timestamp.', 'columns: { id: TIMESTAMP }'],
])('an input cannot have the event_time %s', async (name, message, hint) => {
  const folder = makeProject({
    'sources.yml': sources.replace('event_time: t', `event_time: ${name}`),
    'data/1.csv': rowsFile([[1, `${day(0)} 10:00:00`]]),
    'models/m.sql': model(''),
  });
  const [error, ...others] = (await buildProject(folder)).diagnostics;
  expect(others).toEqual([]);
  expect(error).toMatchObject({ code: 'compile/invalid-config', message, span: { file: 'sources.yml' } });
  expect(error!.hint).toContain(hint);
});

test('a begin that does not exist is an error at its place', async () => {
  const folder = makeProject({
    'sources.yml': sources,
    'data/1.csv': rowsFile([[1, `${day(0)} 10:00:00`]]),
    'models/m.sql': model('').replace('2024-01-01', '2024-02-30'),
  });
  expect((await buildProject(folder)).diagnostics).toMatchObject([
    {
      code: 'compile/invalid-config',
      message: '"2024-02-30" is no moment at which m can begin.',
      hint: 'write it as 2024-01-01 or 2024-01-01T06:00:00Z',
      span: { file: 'models/m.sql', start: { line: 6 } },
    },
  ]);
});

test('a begin in the future is a warning at its place, and marks nothing as built', async () => {
  const folder = makeProject({
    'sources.yml': sources,
    'data/1.csv': rowsFile([[1, `${day(0)} 10:00:00`]]),
    'models/m.sql': model('').replace('2024-01-01', '2999-01-01'),
  });
  const { status, diagnostics } = await buildProject(folder);
  expect(status).toBe('success');
  expect(diagnostics).toMatchObject([
    {
      severity: 'warning',
      message: 'm begins at 2999-01-01, which is in the future: nothing before that is built.',
      span: { file: 'models/m.sql', start: { line: 6 } },
    },
  ]);
  expect(await ids(folder)).toEqual([]);
  writeFiles(folder, { 'models/m.sql': model('') });
  await buildWell(folder);
  writeFiles(folder, { 'data/2.csv': rowsFile([[2, `${day(4)} 10:00:00`]]) });
  await buildWell(folder);
  expect(await ids(folder)).toEqual(['1', '2']);
});

test('of 1,000 days the 20 that failed are built by the next run, and no other', async () => {
  const failing = new Set([...Array(20).keys()].map((i) => (i * 379 + 11) % 1000));
  const folder = makeProject({
    'sources.yml': sources,
    'data/1.csv': rowsFile([...Array(1000).keys()].map((n) => [n, `${day(n)} 12:00:00`])),
    'macros/flaky.ts': `import { readFileSync } from 'node:fs';
import { batch, sql } from 'parquetry';
export const flaky = () => {
  const bad = readFileSync(${JSON.stringify('BAD')}, 'utf8').split(' ');
  if (bad.includes(batch!.start.slice(0, 10))) throw new Error('flaky ' + batch!.start);
  return sql\`true\`;
};
`,
    'models/m.sql': model('batch_size: 1', 'select id, t from s.t where ${flaky()}'),
  });
  const bad = join(folder, 'bad.txt');
  writeFiles(folder, {
    'macros/flaky.ts': `import { readFileSync } from 'node:fs';
import { batch, sql } from 'parquetry';
export const flaky = () => {
  const bad = readFileSync(${JSON.stringify(bad)}, 'utf8').split(' ');
  if (bad.includes(batch!.start.slice(0, 10))) throw new Error('flaky ' + batch!.start);
  return sql\`true\`;
};
`,
  });
  writeFileSync(bad, [...failing].map(day).join(' '));
  const first = await buildProject(folder);
  expect(first.status).toBe('failed');
  expect(first.nodes.find((node) => node.name === 'm')!.diagnostics.length).toBe(20);
  const before = await currentVersion(folder, 'm');
  expect(before.rowCount).toBe(980);

  writeFileSync(bad, '');
  const second = await buildProject(folder);
  expect(second.status).toBe('success');
  const after = await currentVersion(folder, 'm');
  expect(after.rowCount).toBe(1000);
  const old = new Set(before.files.map((file) => file.path));
  const fresh = after.files.filter((file) => !old.has(file.path) && file.rowCount === 1);
  expect(new Set(fresh.map((file) => file.stats!.t!.min!.slice(0, 10)))).toEqual(
    new Set([...failing].map(day)),
  );
}, 120_000);

test('rows that are kept are not replaced by intervals that nobody counted', async () => {
  const kept = (settings: string) =>
    `/* model\nmaterialized: incremental\nfull_refresh: false\n${settings}\n*/\nselect id, t from s.t\n`;
  const daily = 'strategy: time_range\nevent_time: t\nbegin: 2024-01-01\ninterval: day';
  for (const [before, now, why] of [
    ['strategy: merge\nunique_key: id', daily, 'were not built by intervals'],
    [daily, daily.replace('day', 'month'), 'were built by the day'],
  ] as const) {
    const folder = makeProject({
      'sources.yml': sources,
      'data/1.csv': rowsFile([
        [1, day(0)],
        [2, day(2)],
      ]),
      'models/m.sql': kept(before),
    });
    await buildWell(folder);
    const later = rowsFile([
      [2, day(2)],
      [3, day(3)],
    ]);
    writeFiles(folder, { 'data/1.csv': later, 'models/m.sql': kept(now) });
    expect((await buildProject(folder)).diagnostics).toMatchObject([
      { code: 'run/protected', message: expect.stringContaining(why), span: { file: 'models/m.sql' } },
    ]);
    writeFiles(folder, { 'models/m.sql': kept(before) });
    await buildWell(folder);
    expect((await tableRows(folder, 'm')).map((row) => row.split('|')[0])).toEqual(['1', '2', '3']);
  }
});
