import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildProject, buildWell } from '../support/build-project.js';
import { makeProject, writeFiles } from '../support/cli.js';
import { tableRows } from '../support/table-rows.js';

const model = (settings: string, select: string) => ({
  'models/m.sql': `/* model\nmaterialized: incremental\n${settings}\nfull_refresh: false\n*/\n${select}\n`,
});

describe('a declared rename keeps the values of rows that stay', () => {
  const renamed = 'columns: { total: { renamed_from: amount } }';
  const strategies: readonly [string, string][] = [
    ['append', 'strategy: append'],
    ['merge by the column itself', 'strategy: merge\nunique_key: total\norder_by: total'],
    ['partitions', 'strategy: overwrite_partitions\npartition_by: total'],
    ['intervals', 'strategy: time_range\nevent_time: total\ninterval: year\nbegin: 2024-01-01'],
  ];
  test.each(strategies)('%s', async (name, settings) => {
    for (const policy of ['sync_all_columns', 'append_new_columns']) {
      const options = `${settings}\non_schema_change: ${policy}`;
      const folder = makeProject({
        ...model(options.replaceAll('total', 'amount'), "select 1 as id, date '2024-05-01' as amount"),
      });
      await buildWell(folder);
      const query = "select 2 as id, date '2025-05-01' as total";
      const seesItself =
        "${when(incremental, sql`where date '2025-05-01' > (select max(total) from ${self})`)}";
      writeFiles(folder, model(`${options}\n${renamed}`, `${query} ${seesItself}`));
      await buildWell(folder);
      // Of intervals only the last one is built again.
      const added = name === 'intervals' ? [] : ['2|2025-05-01'];
      expect(await tableRows(folder, 'm')).toEqual(['1|2024-05-01', ...added]);
    }
  });

  test('a snapshot begins no new record for it', async () => {
    const snapshot = (column: string, settings = '') => ({
      'models/m.sql': `/* model\nmaterialized: snapshot\nunique_key: id\ncheck_columns: all\non_schema_change: sync_all_columns\n${settings}\n*/\nselect 1 as id, 5 as ${column}\n`,
    });
    const folder = makeProject(snapshot('amount'));
    await buildWell(folder);
    const before = await tableRows(folder, 'm');
    writeFiles(folder, snapshot('total', renamed));
    await buildWell(folder);
    expect(await tableRows(folder, 'm')).toEqual(before);
  });

  test('a source to which landing only adds keeps the rows of files that are gone', async () => {
    const sources = (settings = '') => ({
      'sources.yml': `sources:
  s:
    connector: file
    tables:
      t: { path: data/*.csv, cursor: id${settings} }
`,
    });
    const folder = makeProject({ ...sources(), 'data/1.csv': 'id,amount\n1,10\n' });
    await buildWell(folder);
    rmSync(join(folder, 'data/1.csv'));
    writeFiles(folder, { ...sources(`, ${renamed}`), 'data/2.csv': 'id,total\n2,20\n' });
    const { status, diagnostics } = await buildProject(folder);
    expect([status, diagnostics.map(({ code }) => code)]).toEqual(['success', ['pin/risky-change']]);
    expect(await tableRows(folder, 's.t')).toEqual(['1|10', '2|20']);
  });
});

describe('structs of a table that keeps its rows', () => {
  const struct = (policy: string, id: number, value: string, more = '') =>
    model(`strategy: append\non_schema_change: ${policy}\n${more}`, `select ${id} as id, ${value} as st`);

  test('with append_new_columns get the fields that are new, and no value is lost', async () => {
    const folder = makeProject(struct('append_new_columns', 1, '{x: 1}'));
    await buildWell(folder);
    writeFiles(folder, struct('append_new_columns', 2, "{x: 2, y: [{a: 'b'}]}"));
    await buildWell(folder);
    writeFiles(folder, struct('append_new_columns', 3, '{z: 3}'));
    await buildWell(folder);
    expect(await tableRows(folder, 'm')).toEqual([
      '1|{"x":1,"y":null,"z":null}',
      '2|{"x":2,"y":[{"a":"b"}],"z":null}',
      '3|{"x":null,"y":null,"z":3}',
    ]);
  });

  test('with sync_all_columns have the fields of the query, under declared new names too', async () => {
    const folder = makeProject(struct('sync_all_columns', 1, '{x: 1, y: 2}'));
    await buildWell(folder);
    const renamed = 'columns: { st.z: { renamed_from: y } }';
    writeFiles(folder, struct('sync_all_columns', 2, '{z: 3}', renamed));
    await buildWell(folder);
    expect(await tableRows(folder, 'm')).toEqual(['1|{"z":2}', '2|{"z":3}']);
    writeFiles(folder, struct('sync_all_columns', 3, '{other: 4}'));
    await buildWell(folder);
    expect(await tableRows(folder, 'm')).toEqual(['1|{"other":null}', '2|{"other":null}', '3|{"other":4}']);
  });

  test('with ignore must have something in common', async () => {
    const folder = makeProject(struct('ignore', 1, '{x: 1}'));
    await buildWell(folder);
    writeFiles(folder, struct('ignore', 2, '{x: 2, y: 3}'));
    await buildWell(folder);
    expect(await tableRows(folder, 'm')).toEqual(['1|{"x":1}', '2|{"x":2}']);
    writeFiles(folder, struct('ignore', 3, '{y: 7}'));
    const { diagnostics } = await buildProject(folder);
    expect(diagnostics).toMatchObject([
      {
        code: 'run/schema-changed',
        notes: [{ message: 'st was STRUCT(x INTEGER) and is STRUCT(y INTEGER)' }],
      },
    ]);
  });
});

describe('no value is rounded to the type of its column', () => {
  const failing = async (folder: string) => {
    const { status, nodes } = await buildProject(folder);
    return { status, errors: nodes.flatMap(({ diagnostics }) => diagnostics.map(({ message }) => message)) };
  };
  const added = '${when(incremental, sql`where id > (select max(id) from ${self})`)}';

  test.each([
    ['sync_all_columns', 'select 1 as id, 1.7::double as v', `select 2 as id, 5 as v`, '1.7'],
    [
      'append_new_columns',
      'select 1 as id, 5 as v',
      `select * from (select 2 as id, 2.7::double as v) ${added}`,
      '2.7',
    ],
    ['ignore', 'select 1 as id, 5 as v', `select * from (select 2 as id, 2.7::double as v) ${added}`, '2.7'],
    [
      'fail',
      'select 1 as id, 5 as v',
      'select 2 as id, ${when(incremental, sql`2.7::double`, sql`5`)} as v',
      '2.7',
    ],
  ])('with on_schema_change: %s', async (policy, first, second, value) => {
    for (const strategy of ['append', 'merge\nunique_key: id']) {
      const settings = `strategy: ${strategy}\non_schema_change: ${policy}`;
      const folder = makeProject(model(settings, first));
      await buildWell(folder);
      const rows = await tableRows(folder, 'm');
      writeFiles(folder, model(settings, second));
      expect(await failing(folder)).toEqual({
        status: 'failed',
        errors: [
          expect.stringContaining(`The column "v" is INTEGER and would not hold ${value}, which is DOUBLE`),
        ],
      });
      expect(await tableRows(folder, 'm')).toEqual(rows);
      writeFiles(folder, model(settings, second.replace('2.7', '3.0')));
      if (policy !== 'sync_all_columns') await buildWell(folder);
    }
  });
});
