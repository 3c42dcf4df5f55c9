import { join } from 'node:path';
import { expect, test } from 'vitest';
import { connectionOfFile } from '../../test/support/connection.js';
import { folderOfFile } from '../../test/support/temporary-folder.js';
import type { DataFile } from '../ir/table-version.js';
import { fileScan } from '../lake/relation-sql.js';
import { writeVersion } from '../lake/write-version.js';
import { openLocalStorage } from '../storage/local.js';
import { crowdedFiles } from './small-files.js';
import { candidateFiles, touchedFiles } from './touched-files.js';

const folder = await folderOfFile('touched');
const storage = openLocalStorage(join(folder, 'lake'));
const { connection } = await connectionOfFile({ threads: 1 });

let count = 0;
async function filesOf(
  type: string,
  ...rows: readonly (readonly (string | null)[])[]
): Promise<readonly DataFile[]> {
  const files: DataFile[] = [];
  for (const values of rows) {
    const list = values.map((value) => `(${value === null ? 'null' : `'${value}'`})`).join(', ');
    const sql = `select cast(k as ${type}) as k from (values ${list}) as t(k)`;
    const written = await writeVersion({
      connection,
      sql,
      schema: { columns: [{ name: 'k', type }] },
      table: 't',
      versionId: `v${++count}`,
      runId: 'r',
      partitionBy: [],
      storage,
      tempDir: folder,
    });
    files.push(...written.files);
  }
  return files;
}

const scan = (files: readonly DataFile[]) => fileScan(files, storage);
const long = (end: string) => `${'a rather long prefix that all values share, '.repeat(2)}${end}`;

test.each([
  ['BIGINT', ['1', '5'], ['6', '7', '9'], ['4', '20'], '7'],
  [
    'DATE',
    ['2024-01-01', '2024-01-05'],
    ['2024-01-06', '2024-01-07'],
    ['2024-01-01', '2024-02-01'],
    '2024-01-07',
  ],
  [
    'TIMESTAMP',
    ['2024-01-01 10:00:00.5'],
    ['2024-01-01 10:00:00.7'],
    ['2023-01-01', '2025-01-01'],
    '2024-01-01 10:00:00.7',
  ],
  [
    'TIMESTAMP WITH TIME ZONE',
    ['2024-01-01 10:00:00+02'],
    ['2024-01-01 10:00:00+00'],
    ['2023-01-01 00:00:00+00', '2025-01-01 00:00:00+00'],
    '2024-01-01 12:00:00+02',
  ],
  ['DECIMAL(18,2)', ['1.25'], ['1.30', '1.50'], ['-5', '100'], '1.30'],
  ['VARCHAR', [long('a')], [long('b'), long('c')], ['a', 'z'], long('b')],
  ['BOOLEAN', ['false'], ['true'], ['false', 'true'], 'true'],
])(
  '%s: bounds leave out files, key columns find those that hold the key',
  async (type, before, exact, around, key) => {
    const files = await filesOf(type, before, exact, around);
    await connection.run(`create or replace temp table keys as select cast('${key}' as ${type}) as k`);
    const columns = [{ name: 'k', type }];
    const { files: candidates } = await candidateFiles(files, columns, 'keys', connection);
    expect(candidates).toEqual([files[1], files[2]]);
    const touched = await touchedFiles(files, columns, 'keys', 1, scan, connection);
    expect(touched).toContain(files[1]);
    expect(touched).not.toContain(files[0]);
  },
);

test('NULL is found where there is one, and types without an order are read', async () => {
  const columns = [{ name: 'k', type: 'INTEGER' }];
  const files = await filesOf('INTEGER', ['1', null], ['1', '2']);
  await connection.run('create or replace temp table keys as select cast(null as INTEGER) as k');
  expect(await touchedFiles(files, columns, 'keys', 1, scan, connection)).toEqual([files[0]]);
  const doubles = await filesOf('DOUBLE', ['1', 'nan'], ['2']);
  await connection.run("create or replace temp table keys as select cast('nan' as DOUBLE) as k");
  expect(await touchedFiles(doubles, [{ name: 'k', type: 'DOUBLE' }], 'keys', 1, scan, connection)).toEqual([
    doubles[0],
  ]);
});

test('of many keys some are looked for first, and all where these are not met', async () => {
  const columns = [{ name: 'k', type: 'BIGINT' }];
  const files = await filesOf('BIGINT', ['5', '9000'], ['1400', '8000'], ['1700', '7000'], ['3', '6000']);
  await connection.run('create or replace temp table keys as select k from range(1500) as t(k)');
  const touched = await touchedFiles(files, columns, 'keys', 1500, scan, connection);
  expect(touched).toEqual([files[0], files[1], files[3]]);
});

test('a file whose first or last key comes again is not looked into', async () => {
  const columns = [{ name: 'k', type: 'BIGINT' }];
  const files = await filesOf('BIGINT', ['1', '50'], ['60', '99']);
  const unread = () => Promise.reject(new Error('a file was read'));
  const touched = async (keys: string) => {
    await connection.run(`create or replace temp table keys as select unnest([${keys}]) as k`);
    return touchedFiles(files, columns, 'keys', 2, unread, connection);
  };
  expect(await touched('50, 60')).toEqual(files);
  expect(await touched('99, 200')).toEqual([files[1]]);
  await expect(touched('49, 51')).rejects.toThrow('a file was read');
});

test('small files are written as one when many lie in one partition', () => {
  const file = (path: string, day: string, sizeBytes = 10): DataFile => ({
    path,
    rowCount: 1,
    sizeBytes,
    partition: { day },
  });
  const many = [...Array(16).keys()].map((i) => file(`a${i}`, '1'));
  expect(
    crowdedFiles([...many, file('b', '2'), file('big', '1', 2 ** 26), { ...many[0]!, rowCount: 400_000 }]),
  ).toEqual(many);
  expect(crowdedFiles(many.slice(1))).toEqual([]);
});
