import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildProject, buildWell } from '../support/build-project.js';
import { makeProject, writeFiles } from '../support/cli.js';
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
const model = (options: string, sql = 'select id, t from s.t') => `/* model
materialized: incremental
strategy: time_range
event_time: t
interval: day
begin: 2024-01-01
${options}
*/
${sql}
`;

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
  await buildWell(folder);
  const ids = (await tableRows(folder, 'm')).map((row) => row.split('|')[0]);
  // Row 3 came later than the lookback allows.
  expect(ids).toEqual(['1', '2', '4', '5', '6']);
});

test('rows without a time are an error, those beyond the interval belong to another', async () => {
  const folder = makeProject({
    'sources.yml': sources,
    'data/1.csv': rowsFile([[1, `${day(0)} 10:00:00`]]),
    'models/m.sql': model('', 'select id, case when id = 1 then null else t end as t from s.t'),
  });
  const result = await buildProject(folder);
  expect(result.nodes.flatMap((node) => node.diagnostics).map((d) => d.message)).toEqual([
    '1 rows of m have no t, so no interval holds them.',
  ]);
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
