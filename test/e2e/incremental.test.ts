import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildProject, buildWell } from '../support/build-project.js';
import { makeProject, writeFiles } from '../support/cli.js';
import { currentVersion, tableRows } from '../support/table-rows.js';

const sources = `sources:
  s:
    connector: file
    tables:
      t: { path: data/*.csv, columns: { id: BIGINT, part: VARCHAR, v: BIGINT } }
`;
const rowsFile = (rows: readonly (readonly (number | string)[])[]) =>
  `id,part,v\n${rows.map((row) => row.join(',')).join('\n')}\n`;

describe('append', () => {
  const model = `/* model
materialized: incremental
strategy: append
*/
select * from s.t
\${when(incremental, sql\`where id > (select max(id) from \${self})\`)}
`;

  test('adds the new rows beside the files that are there, and does nothing without new ones', async () => {
    const folder = makeProject({
      'sources.yml': sources,
      'data/1.csv': rowsFile([[1, 'a', 10]]),
      'models/m.sql': model,
    });
    await buildWell(folder);
    const first = await currentVersion(folder, 'm');
    writeFiles(folder, {
      'data/2.csv': rowsFile([
        [2, 'a', 20],
        [3, 'b', 30],
      ]),
    });
    await buildWell(folder);
    const second = await currentVersion(folder, 'm');
    expect(second.files.map((file) => file.path)).toContain(first.files[0]!.path);
    expect(second.files.length).toBe(2);
    expect(await tableRows(folder, 'm')).toEqual(['1|a|10', '2|a|20', '3|b|30']);
    const again = await buildWell(folder);
    expect(again.commit).toBeUndefined();
    expect(existsSync(join(folder, '.etl/lake', first.files[0]!.path))).toBe(true);
  });

  test('whether and where it is published adds nothing to it', async () => {
    const all = (publish: string) => ({
      'models/m.sql': `/* model\nmaterialized: incremental\nstrategy: append\n${publish}\n*/\nselect * from s.t\n`,
    });
    const folder = makeProject({
      'sources.yml': sources,
      'data/1.csv': rowsFile([[1, 'a', 10]]),
      ...all(''),
    });
    await buildWell(folder);
    writeFiles(folder, { 'data/1.csv': rowsFile([[2, 'a', 20]]) });
    await buildWell(folder);
    for (const [publish, place] of [
      ['publish: true', '.etl/lake/m'],
      ['publish: { path: marts/m }', '.etl/lake/marts/m'],
      ['publish: { to: out, path: m }', 'out/m'],
    ] as const) {
      writeFiles(folder, all(publish));
      await buildWell(folder);
      expect(await tableRows(folder, 'm')).toEqual(['1|a|10', '2|a|20']);
      expect(existsSync(join(folder, place, 'data.parquet'))).toBe(true);
    }
  });
});

describe('merge', () => {
  const model = (options = '') => `/* model
materialized: incremental
strategy: merge
unique_key: [id]
${options}
*/
select * from s.t
`;

  test('replaces rows with the same key, in the files that hold one', async () => {
    const folder = makeProject({
      'sources.yml': sources,
      'data/1.csv': rowsFile([
        [1, 'a', 10],
        [2, 'b', 20],
      ]),
      'models/m.sql': model(),
    });
    await buildWell(folder);
    writeFiles(folder, {
      'data/1.csv': rowsFile([
        [2, 'b', 21],
        ['', 'n', 1],
      ]),
    });
    await buildWell(folder);
    writeFiles(folder, { 'data/1.csv': rowsFile([['', 'n', 2]]) });
    await buildWell(folder);
    expect(await tableRows(folder, 'm')).toEqual(['1|a|10', '2|b|21', 'NULL|n|2']);
    writeFiles(folder, { 'data/1.csv': rowsFile([[100, 'z', 1]]) });
    const before = await currentVersion(folder, 'm');
    await buildWell(folder);
    const after = await currentVersion(folder, 'm');
    // No file holds the key, so all stay.
    expect(after.files.map((f) => f.path)).toEqual(expect.arrayContaining(before.files.map((f) => f.path)));
  });

  test.each([
    ["date '2024-01-01' as id", "date '2024-02-01' as \"on\", timestamp '2024-03-01' as updated", 'updated'],
    ["date '2024-01-01' as id", 'timestamp \'2024-03-01\' as "on"', 'on'],
    ['1 as id', "'2024-03-01' as v", undefined],
  ])('suggests a column to choose among the rows of a key that the table has', async (key, rest, column) => {
    const query = model().replace('from s.t', `from (select ${key}, ${rest} from range(2))`);
    const folder = makeProject({ 'models/m.sql': query });
    const way =
      column === undefined
        ? '`order_by`, the column by which it is the greatest'
        : `\`order_by: [${column}]\``;
    expect((await buildProject(folder)).nodes[0]!.diagnostics[0]).toMatchObject({
      code: 'run/duplicate-key',
      hint: `make them unique in the query, or say which row stays with ${way}`,
    });
  });

  test('names duplicate keys, or keeps the greatest row by order_by, also against one that is there', async () => {
    const folder = makeProject({
      'sources.yml': sources,
      'data/1.csv': rowsFile([
        [1, 'a', 10],
        [1, 'b', 11],
      ]),
      'models/m.sql': model(),
    });
    const failed = await buildProject(folder);
    expect(failed.nodes.flatMap((node) => node.diagnostics).map((d) => d.message)).toEqual([
      'm gets several rows with the same id: (1).',
    ]);
    writeFiles(folder, { 'models/m.sql': model('order_by: [v]') });
    await buildWell(folder);
    expect(await tableRows(folder, 'm')).toEqual(['1|b|11']);
    writeFiles(folder, {
      'data/1.csv': rowsFile([
        [1, 'late', 5],
        [2, 'x', 1],
        [2, 'x', 1],
      ]),
    });
    await buildWell(folder);
    expect(await tableRows(folder, 'm')).toEqual(['1|b|11', '2|x|1']);
  });
});

describe('overwrite_partitions', () => {
  test('replaces the partitions that the new rows are in', async () => {
    const folder = makeProject({
      'sources.yml': sources,
      'data/1.csv': rowsFile([
        [1, 'a', 10],
        [2, 'b', 20],
        [3, '', 30],
      ]),
      'models/m.sql': `/* model
materialized: incremental
strategy: overwrite_partitions
partition_by: [part]
*/
select * from s.t
`,
    });
    await buildWell(folder);
    writeFiles(folder, {
      'data/1.csv': rowsFile([
        [4, 'b', 40],
        [5, '', 50],
        [6, 'c', 60],
      ]),
    });
    await buildWell(folder);
    expect(await tableRows(folder, 'm')).toEqual(['1|a|10', '4|b|40', '5|NULL|50', '6|c|60']);
  });
});
