import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { connectionOfFile } from '../../test/support/connection.js';
import { memoryMemo } from '../../test/support/memory-memo.js';
import { nodeConfig } from '../../test/support/node-config.js';
import { folderOfFile } from '../../test/support/temporary-folder.js';
import type { SeedFile } from '../ir/project.js';
import type { EngineConnection } from '../ports/engine.js';
import { hash } from '../util/hash.js';
import { describeSeed, seedSql } from './seed.js';

const rootDir = await folderOfFile('seed');
const { connection } = await connectionOfFile({ threads: 1 });

async function seedOf(text: string, columnTypes: Record<string, string> = {}): Promise<SeedFile> {
  await writeFile(join(rootDir, 'rates.csv'), text);
  return {
    name: 'rates',
    path: 'rates.csv',
    text,
    hash: hash(text),
    columnTypes,
    configSpans: {},
    config: nodeConfig({ materialized: 'seed' }),
  };
}

const problemsOf = async (text: string, columnTypes?: Record<string, string>) => {
  const { diagnostics } = await describeSeed(await seedOf(text, columnTypes), { rootDir, connection });
  return diagnostics.map(
    (d) => `${d.span?.file}:${d.span?.start.line}:${d.span?.start.column} ${d.code} ${d.message}`,
  );
};

test('types are found or fixed, and rows come as they are written', async () => {
  const text = 'code,since,rate,note\n007,2024-01-01,1.5,"a ""b"", c"\n010,2024-02-01,2,""\n';
  const seed = await seedOf(text, { rate: 'decimal(9,2)' });
  const { value, diagnostics } = await describeSeed(seed, { rootDir, connection });
  expect(diagnostics).toEqual([]);
  expect(value.columns).toEqual([
    { name: 'code', type: 'VARCHAR' },
    { name: 'since', type: 'DATE' },
    { name: 'rate', type: 'DECIMAL(9,2)' },
    { name: 'note', type: 'VARCHAR' },
  ]);
  expect(await connection.rows(seedSql(seed, value, rootDir))).toEqual([
    { code: '007', since: '2024-01-01', rate: '1.50', note: 'a "b", c' },
    { code: '010', since: '2024-02-01', rate: '2.00', note: '' },
  ]);
});

test('a seed that is known needs no engine', async () => {
  const memo = memoryMemo();
  const seed = await seedOf('id\n1\n');
  const { value } = await describeSeed(seed, { rootDir, connection, memo });
  const unavailable = undefined as unknown as EngineConnection;
  expect((await describeSeed(seed, { rootDir, connection: unavailable, memo })).value).toEqual(value);
});

describe('what is wrong is named with its place, all of it at once', () => {
  test('ragged rows and quotes', async () => {
    expect(await problemsOf('a,b\n1,2\n3\n4,"x\ny",5\n6,"7"8\n9,"\n')).toEqual([
      'rates.csv:3:1 seed/ragged-row This row has 1 field, but the header has 2.',
      'rates.csv:5:4 seed/ragged-row This row has 3 fields, but the header has 2.',
      'rates.csv:6:6 seed/invalid This row has text behind a closing quote.',
      'rates.csv:7:3 seed/invalid This row has a quote that is never closed.',
    ]);
  });

  test('line breaks', async () => {
    expect(await problemsOf('a,b\r\n1,2\r\n3,4\n5,6')).toEqual([
      'rates.csv:3:4 seed/invalid This row does not end with the same line break as the header.',
    ]);
    const seed = await seedOf('a,"b\nc"\r\n1,2\r\n');
    const { value } = await describeSeed(seed, { rootDir, connection });
    expect(await connection.rows(seedSql(seed, value, rootDir))).toEqual([{ a: 1n, 'b\nc': 2n }]);
  });

  test('header', async () => {
    expect(await problemsOf('')).toEqual([
      'rates.csv:1:1 seed/invalid Seed rates is empty: its first row names the columns.',
    ]);
    expect(await problemsOf('a,,A\n')).toEqual([
      'rates.csv:1:3 seed/invalid Column 2 has no name.',
      'rates.csv:1:4 seed/invalid Column 3 has the name of column 1, "A".',
    ]);
    expect(await problemsOf('a\n1\n\n2\n')).toEqual([
      'rates.csv:3:1 seed/ragged-row Line 3 is empty. Write "" for an empty text.',
    ]);
  });

  test('types', async () => {
    expect(await problemsOf('id,n\n1,2\n2,x\n"3",""\n', { n: 'INTEGER', id: 'UTINYINT' })).toEqual([
      'rates.csv:3:3 seed/invalid "x" is not of type INTEGER, which column "n" has.',
      'rates.csv:4:5 seed/invalid "" is not of type INTEGER, which column "n" has.',
    ]);
    expect(await problemsOf('id\n1\n', { idd: 'INTEGER', id: 'NUMBER' })).toEqual([
      'undefined:undefined:undefined seed/invalid Seed rates has no column "idd".',
      'undefined:undefined:undefined project/invalid-value Column "id" of seed rates: "NUMBER" is no type of DuckDB.',
    ]);
  });
});
