import { expect, test } from 'vitest';
import { openDuckdb } from '../engine/duckdb.js';
import { reservedWords } from './names.js';

test('the reserved words are those of this DuckDB', async () => {
  const engine = await openDuckdb();
  const connection = await engine.connect();
  const rows = await connection.rows(
    "select keyword_name as word from duckdb_keywords() where keyword_category in ('reserved', 'type_function')",
  );
  expect([...reservedWords].sort()).toEqual(rows.map(({ word }) => word).sort());
  connection.close();
  engine.close();
});
