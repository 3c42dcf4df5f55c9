import { expect, test } from 'vitest';
import { connectionOfTest } from '../../test/support/connection.js';
import { reservedWords } from './names.js';

test('the reserved words are exactly those that DuckDB does not take as a bare table name', async () => {
  const { connection } = await connectionOfTest();
  const refused: string[] = [];
  for (const { word } of await connection.rows('select keyword_name as word from duckdb_keywords()')) {
    await connection.run(`create table "${word}" (a integer)`);
    await connection
      .run(`select t.a from range(1) join ${word} as t on true`)
      .catch(() => refused.push(`${word}`));
  }
  expect([...reservedWords].sort()).toEqual(refused.sort());
});
