import { expect, test } from 'vitest';
import { makeProject, runEtl } from '../support/cli.js';
import { project, rowsFile } from '../support/daily-project.js';

const failing = {
  ...project('batch_size: 1', "case when id = 2 then error('no') else id end as id, t"),
  'models/plain.sql': '/* model\nmaterialized: table\n*/\nselect 1 as one\n',
  'data/1.csv': rowsFile([1, 1], [2, 2], [4, 4]),
};

test('etl intervals lists what is there and what lacks, of one table or of all', async () => {
  const folder = makeProject(failing);
  expect((await runEtl(folder, ['intervals'])).stdout).toBe(
    'No table of the lake is built by intervals of time: strategy: time_range.\n',
  );
  const built = await runEtl(folder, ['build']);
  expect(built.stdout).toMatch(/^ERROR +build +m/m);
  expect(
    (await runEtl(folder, ['intervals'])).stdout,
  ).toBe(`┌───────┬──────────┬────────────┬────────────┬───────┬─────────┐
│ table │ interval │ from       │ to         │ built │ missing │
├───────┼──────────┼────────────┼────────────┼───────┼─────────┤
│ m     │ day      │ 2024-01-01 │ 2024-01-05 │     3 │       1 │
└───────┴──────────┴────────────┴────────────┴───────┴─────────┘
To build what lacks: etl build -s m
`);
  expect(
    (await runEtl(folder, ['intervals', 'm'])).stdout,
  ).toContain(`│ 2024-01-01 │ 2024-01-02 │         1 │ built   │
│ 2024-01-02 │ 2024-01-03 │         1 │ missing │
│ 2024-01-03 │ 2024-01-05 │         2 │ built   │
`);
  const [found] = JSON.parse((await runEtl(folder, ['intervals', 'm', '--format', 'json'])).stdout);
  expect(found).toMatchObject({
    table: 'm',
    interval: 'day',
    builtCount: 3,
    missingCount: 1,
    stretches: [
      { state: 'built', count: 1 },
      { start: '2024-01-02T00:00:00Z', end: '2024-01-03T00:00:00Z', state: 'missing', count: 1 },
      { state: 'built', count: 2 },
    ],
  });
});

test('a table without intervals, and one that is not there', async () => {
  const folder = makeProject(failing);
  await runEtl(folder, ['build']);
  const plain = await runEtl(folder, ['intervals', 'plain']);
  expect([plain.code, plain.stderr]).toEqual([
    1,
    expect.stringContaining('plain is not built by intervals of time.'),
  ]);
  const absent = await runEtl(folder, ['intervals', 'n']);
  expect([absent.code, absent.stderr]).toEqual([1, expect.stringContaining('The lake has no table n.')]);
});

test('the line of a build says which intervals it made', async () => {
  const folder = makeProject({ ...project(), 'data/1.csv': rowsFile([1, 1], [3, 3]) });
  expect((await runEtl(folder, ['build'])).stdout).toMatch(/^OK +build +m .* 2024-01-01 to 2024-01-04$/m);
});
