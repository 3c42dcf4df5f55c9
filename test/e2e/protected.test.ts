import { expect, test } from 'vitest';
import { buildProject, buildWell } from '../support/build-project.js';
import { makeProject, writeFiles } from '../support/cli.js';
import { tableRows } from '../support/table-rows.js';

const sources = `sources:
  s:
    connector: file
    tables:
      t: { path: data/t.csv, columns: { id: BIGINT } }
`;
const model = (...settings: readonly string[]) => ({
  'models/m.sql': `/* model\n${settings.join('\n')}\n*/\nselect * from s.t\n`,
});
const snapshot = ['materialized: snapshot', 'unique_key: id', 'check_columns: all'];
const append = ['materialized: incremental', 'strategy: append', 'full_refresh: false'];

test.each([
  ['a table', ['materialized: table']],
  ['a view', ['materialized: view']],
  ['ephemeral', ['materialized: ephemeral']],
  ['incremental', ['materialized: incremental', 'strategy: merge', 'unique_key: id']],
])('the past of a snapshot is not lost by becoming %s, unless it may go', async (what, settings) => {
  const folder = makeProject({ 'sources.yml': sources, 'data/t.csv': 'id\n1\n', ...model(...snapshot) });
  await buildWell(folder);
  writeFiles(folder, model(...settings));
  expect(await buildProject(folder)).toMatchObject({
    status: 'failed',
    diagnostics: [
      {
        code: 'run/protected',
        message: `m would lose 1 row that cannot be made again by becoming ${what}.`,
        span: { file: 'models/m.sql', start: { line: 2 } },
      },
    ],
  });
  expect(await tableRows(folder, 'm')).toHaveLength(1);
  writeFiles(folder, model(...settings, 'full_refresh: true'));
  expect((await buildWell(folder)).diagnostics).toEqual([]);
});

test('rows that a model protects are not lost by becoming another kind of table', async () => {
  const folder = makeProject({ 'sources.yml': sources, 'data/t.csv': 'id\n1\n', ...model(...append) });
  await buildWell(folder);
  writeFiles(folder, { 'data/t.csv': 'id\n2\n' });
  await buildWell(folder);
  for (const settings of [['materialized: table'], snapshot]) {
    writeFiles(folder, model(...settings, 'full_refresh: false'));
    expect((await buildProject(folder)).diagnostics).toContainEqual(
      expect.objectContaining({
        code: 'run/protected',
        hint: expect.stringContaining('take `full_refresh: false` out'),
      }),
    );
  }
  expect(await tableRows(folder, 'm')).toEqual(['1', '2']);
  writeFiles(folder, model('materialized: table'));
  await buildWell(folder);
  expect(await tableRows(folder, 'm')).toEqual(['2']);
});
