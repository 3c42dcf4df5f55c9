import { expect, test } from 'vitest';
import { makeProject, queryRows, runEtl, writeFiles } from '../support/cli.js';
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

test('a text without a zone is a moment in UTC, whatever zone the project gives its sessions', async () => {
  const folder = makeProject({
    'etl.yml': `name: test\nengine: { init: "set TimeZone = 'Asia/Kathmandu'" }\n`,
    'data/a.csv': 'at\n2024-01-31 10:00:00\n',
    'data/a.ndjson': '{"at": "2024-01-31 10:00:00"}\n',
    'sources.yml': `sources:
  s:
    connector: file
    tables:
      csv: { path: data/a.csv, columns: { at: TIMESTAMPTZ } }
      json: { path: data/a.ndjson, columns: { at: TIMESTAMPTZ } }
`,
    'seeds/seed.csv': 'at\n2024-01-31 10:00:00\n',
    'seeds/seed.yml': 'columns: { at: TIMESTAMPTZ }\n',
    'models/shown.sql':
      '/* model\nmaterialized: table\n*/\nselect "at"::varchar as shown from (from s.csv union all from s.json union all from seed)\n',
  });
  const built = await runEtl(folder, ['build']);
  expect(built.code, built.output).toBe(0);
  expect(await queryRows(folder, 'from shown')).toEqual(
    Array(3).fill({ shown: '2024-01-31 15:45:00+05:45' }),
  );
});

test('names that every object of JavaScript has are names like any other', async () => {
  const source =
    '{ path: data/*.csv, primary_key: constructor, cursor: valueOf, columns: { constructor: INTEGER } }';
  const folder = makeProject({
    'etl.yml': 'name: odd\nvars: { constructor: 7 }\n',
    'data/1.csv': 'constructor,__proto__,valueOf\n1,a,2024-01-01\n2,b,2024-01-02\n',
    'seeds/hasOwnProperty.csv': 'constructor,toString\n1,one\n2,two\n3,three\n',
    'sources.yml': `sources:\n  constructor:\n    connector: file\n    tables:\n      toString: ${source}\n`,
    'models/constructor.sql': `/* model
materialized: incremental
strategy: merge
unique_key: constructor
partition_by: [__proto__]
publish: true
columns: { constructor: { tests: [not_null, unique] } }
*/
select "constructor", "__proto__", struct_pack("constructor" := \${vars.constructor}) as toString
from "constructor"."toString"
`,
    'models/valueOf.ts': `import { ref, transform } from 'parquetry';
const columns = { constructor: 'INTEGER', toString: 'VARCHAR' } as const;
export default transform(ref('constructor'), { columns }, async function* (batches) {
  for await (const rows of batches) {
    for (const row of rows) yield row.constructor === 1 ? ({ constructor: 1 } as never) : { constructor: row.constructor, toString: row.__proto__ };
  }
});
`,
  });
  const built = await runEtl(folder, ['build']);
  expect(built.code, built.output).toBe(0);
  writeFiles(folder, {
    'data/2.csv': 'constructor,__proto__,valueOf\n2,__proto__,2024-01-03\n3,d,2024-01-04\n',
  });
  const again = await runEtl(folder, ['build']);
  expect(again.code, again.output).toBe(0);

  const joined = `select "constructor" as id, "__proto__" as p, m.toString['constructor'] as v, s.toString as s, t.toString as t
    from "constructor" m join hasOwnProperty s using ("constructor") join valueOf t using ("constructor") order by all`;
  expect(await queryRows(folder, joined)).toEqual([
    { id: 1, p: 'a', v: 7, s: 'one', t: null },
    { id: 2, p: '__proto__', v: 7, s: 'two', t: '__proto__' },
    { id: 3, p: 'd', v: 7, s: 'three', t: 'd' },
  ]);
  const published = (await readPublished(folder, 'constructor')).map((row) => row.constructor);
  expect(published.sort()).toEqual([1, 2, 3]);

  writeFiles(folder, { 'seeds/hasOwnProperty.csv': 'constructor,toString\n1,uno\n' });
  expect((await runEtl(folder, ['build'])).code).toBe(0);
  const history = await runEtl(folder, ['history', 'constructor', '--format', 'json']);
  expect((JSON.parse(history.stdout) as { commit: number }[]).map(({ commit }) => commit)).toEqual([2, 1]);
  const selected = await runEtl(folder, ['ls', '--select', 'config.constructor:x']);
  expect(selected.output).toContain('"config.constructor:x" matches nothing.');
});
