import { expect, test } from 'vitest';
import { makeProject, queryRows, runEtl } from '../support/cli.js';
import { readPublished } from '../support/lake-contents.js';

const oddKeys =
  "(values (1, null), (2, ''), (3, 'a/b'), (4, 'k=v'), (5, 'two words'), (6, '😀'), (7, '../up'), (8, '%2F'), (9, '__HIVE_DEFAULT_PARTITION__x')) as t(id, key)";

test('odd partition values round-trip, to exact readers and to a plain glob', async () => {
  const folder = makeProject({
    'models/odd.sql': `/* model\nmaterialized: table\npartition_by: [key]\npublish: true\n*/\nselect * from ${oddKeys}\n`,
  });
  const built = await runEtl(folder, ['build']);
  expect(built.code, built.output).toBe(0);
  const wanted = [
    null,
    '',
    'a/b',
    'k=v',
    'two words',
    '😀',
    '../up',
    '%2F',
    '__HIVE_DEFAULT_PARTITION__x',
  ].map((key, i) => ({
    id: i + 1,
    key,
  }));
  expect(await queryRows(folder, 'select id, key from odd order by id')).toEqual(wanted);
  const published = [...(await readPublished(folder, 'odd'))].sort((a, b) => Number(a.id) - Number(b.id));
  expect(published.map(({ id, key }) => ({ id, key }))).toEqual(wanted);
});

test('an empty source and an empty result are valid, empty tables with their columns', async () => {
  const folder = makeProject({
    'data/none.csv': 'id,name\n',
    'sources.yml':
      'sources:\n  s:\n    connector: file\n    tables:\n      none: { path: data/none.csv, columns: { id: bigint, name: varchar } }\n',
    'models/empty_table.sql':
      '/* model\nmaterialized: table\npublish: true\n*/\nselect id, name, [id] as ids from s.none\n',
    'models/empty_parts.sql':
      '/* model\nmaterialized: table\npartition_by: [name]\npublish: true\n*/\nselect id, name from empty_table where false\n',
    'models/reader.sql':
      '/* model\nmaterialized: table\n*/\nselect count(*) as n, sum(id) as total from empty_parts\n',
  });
  const built = await runEtl(folder, ['build']);
  expect(built.code, built.output).toBe(0);
  expect(await queryRows(folder, 'select * from reader')).toEqual([{ n: 0, total: null }]);
  const types = await queryRows(
    folder,
    'select column_name as c, column_type as t from (describe empty_table)',
  );
  expect(types).toEqual([
    { c: 'id', t: 'BIGINT' },
    { c: 'name', t: 'VARCHAR' },
    { c: 'ids', t: 'BIGINT[]' },
  ]);
  expect(await readPublished(folder, 'empty_table')).toEqual([]);
  expect(await readPublished(folder, 'empty_parts')).toEqual([]);
});

test('moments are written in UTC, wherever and whenever that is', async () => {
  const folder = makeProject({ 'tests/none.sql': "select timestamptz '2024-07-01 12:00:00Z' as at\n" });
  const at = "timestamptz '2024-07-01 12:00:00Z'";
  const sql = `select ${at} as at, [${at}] as list, timestamptz 'infinity' as never`;
  for (const TZ of ['America/New_York', 'Asia/Kolkata', 'UTC']) {
    const { stdout } = await runEtl(folder, ['query', sql, '--format', 'json'], { TZ });
    expect(JSON.parse(stdout)).toEqual([
      { at: '2024-07-01 12:00:00+00', list: ['2024-07-01 12:00:00+00'], never: 'infinity' },
    ]);
  }
  const { stdout } = await runEtl(folder, ['test'], { TZ: 'Asia/Kolkata' });
  expect(stdout).toContain('│ 2024-07-01 12:00:00+00 │');
});
