import { copyFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildProject, buildWell } from '../support/build-project.js';
import { makeProject, writeFiles } from '../support/cli.js';
import { currentVersion, tableRows } from '../support/table-rows.js';

const sources = (options: string) => ({
  'sources.yml': `sources:
  s:
    connector: file
    tables:
      t: { path: data/*.csv, ${options}, on_bad_row: quarantine, columns: { id: BIGINT, v: VARCHAR, u: BIGINT } }
`,
});
const file = (...lines: string[]) => `id,v,u\n${lines.join('\n')}\n`;

test('with a primary key each file lands once, and the row with the greatest cursor stays', async () => {
  const folder = makeProject({
    ...sources('primary_key: id, cursor: u'),
    'data/1.csv': file('1,a,1', '2,b,1', 'x,bad,1'),
  });
  await buildWell(folder);
  writeFiles(folder, { 'data/2.csv': file('2,c,3', '3,d,1', 'y,bad,1') });
  await buildWell(folder);
  // Older than what is there, and a file that is delivered again under another name.
  writeFiles(folder, { 'data/3.csv': file('2,late,2'), 'data/4.csv': file('2,c,3', '3,d,1') });
  await buildWell(folder);
  expect(await tableRows(folder, 's.t')).toEqual(['1|a|1', '2|c|3', '3|d|1']);
  expect((await tableRows(folder, 's.t__rejected')).length).toBe(2);
  // What is no longer delivered was delivered once.
  rmSync(join(folder, 'data/1.csv'));
  await buildWell(folder);
  expect(await tableRows(folder, 's.t')).toEqual(['1|a|1', '2|c|3', '3|d|1']);
  await buildWell(folder, { fullRefresh: true });
  expect(await tableRows(folder, 's.t')).toEqual(['2|c|3', '3|d|1']);
});

test('with a cursor alone new files are added, and a changed one makes all land again', async () => {
  const folder = makeProject({ ...sources('cursor: u'), 'data/1.csv': file('1,a,1') });
  await buildWell(folder);
  const first = await currentVersion(folder, 's.t');
  writeFiles(folder, { 'data/2.csv': file('2,b,2') });
  const controller = new AbortController();
  const cut = await buildProject(folder, {
    signal: controller.signal,
    onEvent: (event) => {
      if (event.kind === 'node-finished') controller.abort();
    },
  });
  expect(cut.status).toBe('interrupted');
  await buildWell(folder);
  const second = await currentVersion(folder, 's.t');
  expect(second.files[0]).toEqual(first.files[0]);
  expect(await tableRows(folder, 's.t')).toEqual(['1|a|1', '2|b|2']);
  writeFiles(folder, { 'data/1.csv': file('1,changed,1') });
  await buildWell(folder);
  expect(await tableRows(folder, 's.t')).toEqual(['1|changed|1', '2|b|2']);
});

test('with a cursor alone a file that got another name is the one that landed, and a copy beside it is not', async () => {
  const folder = makeProject({ ...sources('cursor: u'), 'data/1.csv': file('1,a,1') });
  const path = (name: string) => join(folder, `data/${name}.csv`);
  await buildWell(folder);
  renameSync(path('1'), path('2024-1'));
  await buildWell(folder);
  expect(await tableRows(folder, 's.t')).toEqual(['1|a|1']);
  renameSync(path('2024-1'), path('1'));
  copyFileSync(path('1'), path('copy'));
  await buildWell(folder);
  expect(await tableRows(folder, 's.t')).toEqual(['1|a|1', '1|a|1']);
});

test('with a primary key the later file wins, one by one or all at once, and one file has each key once', async () => {
  const lines = {
    'data/1.csv': file('1,a,1', '2,b,5', '3,c,1'),
    'data/2.csv': file('1,later,1', '2,older,4'),
    'data/3.ndjson': '{"id": 3, "v": "other format", "u": 1}\n',
  };
  const last: Readonly<Record<string, readonly string[]>> = {
    'primary_key: id': ['1|later|1', '2|older|4', '3|other format|1'],
    'primary_key: id, cursor: u, filename: true': [
      '1|later|1|data/2.csv',
      '2|b|5|data/1.csv',
      '3|other format|1|data/3.ndjson',
    ],
  };
  for (const [options, rows] of Object.entries(last)) {
    const anyFile = sources(options)['sources.yml'].replace('*.csv', '*');
    const folder = makeProject({ 'sources.yml': anyFile });
    for (const [path, text] of Object.entries(lines)) {
      writeFiles(folder, { [path]: text });
      await buildWell(folder);
    }
    expect(await tableRows(folder, 's.t')).toEqual(rows);
    await buildWell(folder, { fullRefresh: true });
    expect(await tableRows(folder, 's.t')).toEqual(rows);
  }

  const folder = makeProject({ ...sources('primary_key: id'), 'data/1.csv': file('1,a,1', '1,b,2') });
  const failed = await buildProject(folder);
  expect(failed.nodes[0]!.diagnostics).toMatchObject([
    {
      code: 'run/duplicate-key',
      message: 's.t has several rows in one file with the same id: (1).',
      span: { file: 'sources.yml', start: { line: 5 } },
      hint: 'say which row stays with a `cursor`, the column by which it is the greatest, or add columns to `primary_key` until it tells rows apart',
    },
  ]);
  writeFiles(folder, {
    'sources.yml': sources('primary_key: id')['sources.yml'].replace('u: BIGINT', 'u: TIMESTAMP'),
    'data/1.csv': file('1,a,2024-01-01', '1,b,2024-01-02'),
  });
  const [timed] = (await buildProject(folder)).nodes[0]!.diagnostics;
  expect(timed!.hint).toContain('say which row stays with `cursor: u`, or add columns');
});

test.each([
  ['cursor: uu', 'cursor', 'uu'],
  ['primary_key: [id, vv]', 'primary_key', 'vv'],
])('%s, which the table does not have, is an error before anything lands', async (options, key, column) => {
  const folder = makeProject({ ...sources(options), 'data/1.csv': file('1,a,1') });
  const result = await buildProject(folder);
  expect([result.commit, result.nodes]).toEqual([undefined, []]);
  expect(result.diagnostics).toMatchObject([
    {
      code: 'compile/invalid-config',
      message: `s.t has no column "${column}", which its ${key} names.`,
      hint: `did you mean "${column[0]}"?`,
      span: { file: 'sources.yml', start: { line: 5 } },
    },
  ]);
});

test('another key or cursor lands all files again, and what reads the table is built again', async () => {
  const folder = makeProject({
    ...sources('primary_key: id'),
    'data/1.csv': file('1,a,5', '2,b,1'),
    'data/2.csv': file('1,c,2'),
    'models/m.sql': '/* model\nmaterialized: table\n*/\nselect * from s.t',
  });
  const rowsWith: readonly (readonly [options: string, ...rows: string[]])[] = [
    ['primary_key: id', '1|c|2', '2|b|1'],
    ['primary_key: id, cursor: u', '1|a|5', '2|b|1'],
    ['primary_key: [id, v]', '1|a|5', '1|c|2', '2|b|1'],
    ['allow_empty: false', '1|a|5', '1|c|2', '2|b|1'],
    ['primary_key: id', '1|c|2', '2|b|1'],
  ];
  for (const [options, ...rows] of rowsWith) {
    writeFiles(folder, sources(options));
    await buildWell(folder);
    expect(await tableRows(folder, 's.t')).toEqual(rows);
    expect(await tableRows(folder, 'm')).toEqual(rows);
    expect((await buildWell(folder)).commit).toBeUndefined();
  }
});

test('rows that no file has any more are not lost without --full-refresh', async () => {
  const land = sources('primary_key: id, cursor: u');
  const folder = makeProject({ ...land, 'data/1.csv': file('1,a,1', '2,b,1'), 'data/2.csv': file('3,c,1') });
  await buildWell(folder);
  rmSync(join(folder, 'data/1.csv'));
  writeFiles(folder, { 'data/2.csv': file('4,d,1') });
  await buildWell(folder);
  const all = ['1|a|1', '2|b|1', '3|c|1', '4|d|1'];
  const refused = async (options: Parameters<typeof buildProject>[1], message: string, hint: string) => {
    expect((await buildProject(folder, options)).diagnostics).toMatchObject([
      {
        code: 'run/protected',
        message: expect.stringContaining(message),
        hint: expect.stringContaining(hint),
        notes: [{ message: 'data/1.csv is gone' }, { message: 'data/2.csv had other rows before' }],
        span: { file: 'sources.yml' },
      },
    ]);
    expect(await tableRows(folder, 's.t')).toEqual(all);
  };
  await refused({ sample: { kind: 'rows', count: 0 } }, 'a sample takes the place', '--target');
  const changes: readonly (readonly [options: string, why: string])[] = [
    ['primary_key: id', '`primary_key` or `cursor` is another one'],
    ['allow_empty: false', 'neither a `primary_key` nor a `cursor`'],
    ["primary_key: id, cursor: u, null_values: ['', a]", 'its options'],
  ];
  for (const [options, why] of changes) {
    writeFiles(folder, sources(options));
    await refused({}, why, 'etl land -s s.t --full-refresh');
  }
  // A renamed file has the rows that it had.
  writeFiles(folder, { ...land, 'data/0.csv': file('1,a,1', '2,b,1') });
  await buildWell(folder);
  rmSync(join(folder, 'data/0.csv'));
  writeFiles(folder, sources('primary_key: id'));
  await buildWell(folder, { fullRefresh: true });
  expect(await tableRows(folder, 's.t')).toEqual(['4|d|1']);
  await buildWell(folder, { sample: { kind: 'rows', count: 0 } });
});

test('what reads a source is built again when rows of files that are gone go', async () => {
  const folder = makeProject({
    ...sources('primary_key: id'),
    'data/1.csv': file('1,a,1'),
    'data/2.csv': file('2,b,1'),
    'models/m.sql': '/* model\nmaterialized: table\n*/\nselect * from s.t',
  });
  await buildWell(folder);
  rmSync(join(folder, 'data/1.csv'));
  await buildWell(folder);
  expect((await buildWell(folder)).commit).toBeUndefined();
  expect(await tableRows(folder, 'm')).toEqual(['1|a|1', '2|b|1']);
  await buildWell(folder, { select: ['s.t'], fullRefresh: true });
  await buildWell(folder);
  expect(await tableRows(folder, 'm')).toEqual(['2|b|1']);
  expect((await buildWell(folder)).commit).toBeUndefined();
});

test('columns that did not land with their files land from all of them once they may', async () => {
  const source = (policy: string) => ({
    'sources.yml': `sources: { s: { connector: file, on_schema_change: ${policy}, tables: { t: { path: data/*.csv, primary_key: id } } } }\n`,
  });
  const folder = makeProject({ ...source('ignore'), 'data/1.csv': 'id,v\n1,a\n' });
  await buildWell(folder);
  writeFiles(folder, { 'data/2.csv': 'id,v,w\n2,b,x\n' });
  await buildProject(folder);
  writeFiles(folder, { 'data/3.csv': 'id,v\n3,c\n' });
  await buildProject(folder);
  expect(await tableRows(folder, 's.t')).toEqual(['1|a', '2|b', '3|c']);
  writeFiles(folder, source('evolve'));
  await buildWell(folder);
  expect(await tableRows(folder, 's.t')).toEqual(['1|a|NULL', '2|b|x', '3|c|NULL']);
});

test('rows of files that are gone go on in a wider type, with a key and without', async () => {
  for (const options of ['primary_key: id', 'cursor: u']) {
    const folder = makeProject({
      'sources.yml': `sources: { s: { connector: file, tables: { t: { path: data/*.ndjson, ${options} } } } }\n`,
      'data/1.ndjson': '{"id": 1, "u": 1, "x": {"a": "p"}}\n',
      'data/2.ndjson': '{"id": 2, "u": 1, "x": {"a": "q"}}\n',
    });
    await buildWell(folder);
    rmSync(join(folder, 'data/1.ndjson'));
    writeFiles(folder, { 'data/3.ndjson': '{"id": 3, "u": 1, "x": {"a": "r", "b": true}}\n' });
    await buildWell(folder);
    expect(await tableRows(folder, 's.t')).toEqual([
      '1|1|{"a":"p","b":null}',
      '2|1|{"a":"q","b":null}',
      '3|1|{"a":"r","b":true}',
    ]);
    expect((await buildWell(folder)).commit).toBeUndefined();
  }
});
