import { expect, test } from 'vitest';
import { buildProject, buildWell } from '../support/build-project.js';
import { makeProject, writeFiles } from '../support/cli.js';
import { tableRows } from '../support/table-rows.js';

const project = (options: string) => ({
  'sources.yml': `sources:
  s:
    connector: file
    tables:
      t: { path: data/t.csv, columns: { id: BIGINT, v: VARCHAR, u: TIMESTAMP } }
`,
  'models/m.sql': `/* model
materialized: snapshot
unique_key: id
${options}
*/
select * from s.t
`,
});
const rows = (...lines: string[]) => ({ 'data/t.csv': `id,v,u\n${lines.join('\n')}\n` });

/** Without the columns of the query but the key and the value; times of this run as `now`. */
async function history(folder: string): Promise<readonly string[]> {
  return (await tableRows(folder, 'm')).map((row) =>
    row.replace(/\|2024-0(\d)-01 00:00:00/g, '|$1').replace(/\|20(2[5-9]|[3-9]\d)-[^|]*/g, '|now'),
  );
}

test('by updated_at: a later row ends the record before it, an older one changes nothing', async () => {
  const folder = makeProject({
    ...project('updated_at: u\nhard_deletes: invalidate'),
    ...rows('1,a,2024-01-01', '2,b,2024-02-01'),
  });
  await buildWell(folder);
  expect(await history(folder)).toEqual(['1|a|1|1|NULL|true', '2|b|2|2|NULL|true']);
  writeFiles(folder, rows('1,c,2024-03-01', '2,older,2024-01-01'));
  await buildWell(folder);
  expect(await history(folder)).toEqual(['1|a|1|1|3|false', '1|c|3|3|NULL|true', '2|b|2|2|NULL|true']);
  expect((await buildWell(folder)).commit).toBeUndefined();
  expect(
    (await buildWell(folder, { fullRefresh: true })).nodes.find((node) => node.name === 'm')!.status,
  ).toBe('reused');
  expect((await history(folder)).length).toBe(3);

  writeFiles(folder, rows('2,b,2024-02-01'));
  await buildWell(folder);
  expect(await history(folder)).toEqual(['1|a|1|1|3|false', '1|c|3|3|now|false', '2|b|2|2|NULL|true']);
  writeFiles(folder, rows('1,d,2024-04-01', '2,b,2024-02-01'));
  await buildWell(folder);
  // It comes back when it came back, not in the time in which it was gone.
  expect(await history(folder)).toEqual([
    '1|a|1|1|3|false',
    '1|c|3|3|now|false',
    '1|d|4|now|NULL|true',
    '2|b|2|2|NULL|true',
  ]);
});

test('by compared columns: what is gone is a record of its own', async () => {
  const folder = makeProject({
    ...project('check_columns: [v]\nhard_deletes: new_record'),
    ...rows('1,a,2024-01-01', '2,,2024-01-01'),
  });
  await buildWell(folder);
  writeFiles(folder, rows('1,a,2024-02-01', '2,b,2024-01-01'));
  await buildWell(folder);
  expect(await history(folder)).toEqual([
    '1|a|1|now|NULL|true|false',
    '2|NULL|1|now|now|false|false',
    '2|b|1|now|NULL|true|false',
  ]);
  writeFiles(folder, rows('2,b,2024-01-01'));
  await buildWell(folder);
  writeFiles(folder, rows('1,a,2024-01-01', '2,b,2024-01-01'));
  await buildWell(folder);
  expect((await history(folder)).filter((row) => row.startsWith('1'))).toEqual([
    '1|a|1|now|now|false|false',
    '1|a|1|now|now|false|true',
    '1|a|1|now|NULL|true|false',
  ]);
});

test('by updated_at: a time after none begins a new record', async () => {
  const folder = makeProject({
    ...project('updated_at: u'),
    ...rows('1,a,', '2,b,2024-01-01'),
  });
  await buildWell(folder);
  for (const look of [
    ['1,b,2024-05-01', '2,none,'],
    ['1,c,2024-06-01', '2,c,2024-02-01'],
  ]) {
    writeFiles(folder, rows(...look));
    await buildWell(folder);
  }
  // What was seen before is not later than when it was seen, so new records begin when they are seen.
  expect(await history(folder)).toEqual([
    '1|a|NULL|now|now|false',
    '1|b|5|now|now|false',
    '1|c|6|now|NULL|true',
    '2|b|1|1|2|false',
    '2|c|2|2|NULL|true',
  ]);
});

test('by updated_at: what comes back was gone until it was seen again, or until it says that it changed', async () => {
  const folder = makeProject({
    ...project('updated_at: u\nhard_deletes: new_record'),
    ...rows('1,a,2024-01-01', '2,a,2024-01-01'),
  });
  const looks = [
    ['3,c,2024-01-01'],
    ['1,b,2024-02-01', '2,b,2999-01-01'],
    ['1,c,2024-03-01', '2,b,2999-01-01'],
  ];
  await buildWell(folder);
  const times: string[] = [];
  for (const look of looks) {
    writeFiles(folder, rows(...look));
    times.push(new Date().toISOString().replace('T', ' ').slice(0, -1));
    await buildWell(folder);
  }
  const validity = (await tableRows(folder, 'm')).map((row) => row.split('|'));
  const [seen, gone, back, changed] = validity.filter(([id]) => id === '1');
  expect([seen![4], gone![4], back![4]]).toEqual([gone![3], back![3], changed![3]]);
  for (const [i, row] of [gone, back, changed].entries()) expect(row![3]! > times[i]!).toBe(true);
  expect(validity.filter(([id]) => id === '2')[2]![3]).toBe('2999-01-01 00:00:00');
});

test('several rows with one key are an error', async () => {
  const folder = makeProject({
    ...project('updated_at: u'),
    ...rows('1,a,2024-01-01', '1,b,2024-02-01', '2,a,2024-01-01', ',a,2024-01-01', ',a,2024-01-01'),
  });
  const result = await buildProject(folder);
  expect(result.nodes.flatMap((node) => node.diagnostics)).toMatchObject([
    {
      code: 'run/duplicate-key',
      message: 'm gets several rows with the same id: (1), (NULL).',
      hint: 'make them unique in the query',
    },
  ]);
});

test('an infinite updated_at is an error that names the keys, and changes nothing', async () => {
  const folder = makeProject({ ...project('updated_at: u'), ...rows('1,a,2024-01-01', '2,b,2024-01-01') });
  await buildWell(folder);
  writeFiles(folder, rows('1,never,infinity', '2,always,-infinity', '3,c,2024-01-01'));
  const failed = (await buildProject(folder)).nodes.find(({ name }) => name === 'm')!;
  expect(failed.diagnostics).toMatchObject([
    {
      code: 'run/infinite-time',
      message: 'm gets rows whose u is infinite, which is no moment to begin a record at: id (1), (2).',
      hint: 'leave them out in the query, or give them no time: `case when isfinite(u) then u end`',
      span: { file: 'models/m.sql', start: { line: 4 } },
    },
  ]);
  const mended = project('updated_at: u')['models/m.sql'].replace(
    '*/\nselect *',
    '*/\nselect * replace (case when isfinite(u) then u end as u)',
  );
  writeFiles(folder, { 'models/m.sql': mended });
  await buildWell(folder);
  expect(await history(folder)).toEqual(['1|a|1|1|NULL|true', '2|b|1|1|NULL|true', '3|c|1|1|NULL|true']);
});

test('a history that no record can follow says so, and not that rows should be made unique', async () => {
  const query = `select 1 as id, 'a' as v, timestamptz 'infinity' as valid_from, cast(null as timestamptz) as valid_to,
true as is_current, false as is_deleted`;
  const folder = makeProject({ 'models/m.sql': `/* model\nmaterialized: table\n*/\n${query}` });
  await buildWell(folder);
  const snapshot = `/* model
materialized: snapshot
unique_key: id
check_columns: [v]
hard_deletes: new_record
*/
select 2 as id, 'a' as v`;
  writeFiles(folder, { 'models/m.sql': snapshot });
  expect((await buildProject(folder)).nodes[0]!.diagnostics).toMatchObject([
    {
      code: 'run/duplicate-key',
      hint: 'its history holds a record that no later one can follow: begin another history in a model with another name',
    },
  ]);
});

test('another key must tell the records that are there apart', async () => {
  const keyed = (key: string) => ({
    'models/m.sql': `/* model\nmaterialized: snapshot\nunique_key: ${key}\ncheck_columns: [u]\n*/\nselect * from s.t\n`,
  });
  const folder = makeProject({
    ...project('check_columns: [u]'),
    ...rows('1,a,2024-01-01', '1,b,2024-01-01', '2,a,2024-01-01'),
    ...keyed('[id, v]'),
  });
  await buildWell(folder);
  writeFiles(folder, { ...rows('1,b,2024-01-01', '2,a,2024-01-01'), ...keyed('id') });
  const [failed] = (await buildProject(folder)).nodes.filter(({ name }) => name === 'm');
  expect(failed!.diagnostics).toMatchObject([
    {
      code: 'run/duplicate-key',
      message: 'm has records that hold at the same time and have the same id: (1).',
      span: { file: 'models/m.sql', start: { line: 3 } },
    },
  ]);
  writeFiles(folder, keyed('[v, id]'));
  await buildWell(folder);
  expect((await history(folder)).length).toBe(3);
});

test('is_deleted is a column like any other where no records of deletions are kept', async () => {
  const folder = makeProject({
    ...project('check_columns: all\nhard_deletes: invalidate'),
    'sources.yml': project('')['sources.yml'].replace('v: VARCHAR', 'is_deleted: BOOLEAN'),
    'data/t.csv': 'id,is_deleted,u\n1,true,2024-01-01\n2,false,2024-01-01\n',
  });
  await buildWell(folder);
  expect(await history(folder)).toEqual(['1|true|1|now|NULL|true', '2|false|1|now|NULL|true']);
  writeFiles(folder, { 'data/t.csv': 'id,is_deleted,u\n1,true,2024-01-01\n2,true,2024-01-01\n' });
  await buildWell(folder);
  expect(await history(folder)).toEqual([
    '1|true|1|now|NULL|true',
    '2|false|1|now|now|false',
    '2|true|1|now|NULL|true',
  ]);
});
