import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { connectionOfFile } from '../../test/support/connection.js';
import { folderOfFile } from '../../test/support/temporary-folder.js';
import { quoteString } from '../util/sql-quote.js';
import { storedType } from './stored-type.js';

const { connection } = await connectionOfFile({ threads: 1 });
const folder = await folderOfFile('stored-type');

describe('the type that rests as Parquet', () => {
  test.each([
    ['HUGEINT', 'DECIMAL(38,0)'],
    ['HUGEINT[]', 'DECIMAL(38,0)[]'],
    [
      'STRUCT(a HUGEINT, "b c" MAP(VARCHAR, HUGEINT))',
      'STRUCT(a DECIMAL(38,0), "b c" MAP(VARCHAR, DECIMAL(38,0)))',
    ],
    ["ENUM('a', 'b')", 'VARCHAR'],
    ['TIMESTAMP_S', 'TIMESTAMP'],
    ['TIMESTAMP_MS[]', 'TIMESTAMP[]'],
    ['INTEGER[3]', 'INTEGER[]'],
    ['MAP("NULL", "NULL")', 'MAP(INTEGER, INTEGER)'],
    ['DECIMAL(18,2)', 'DECIMAL(18,2)'],
    ['VARIANT', 'VARIANT'],
    ['JSON', 'JSON'],
  ])('%s rests as %s', (type, stored) => {
    expect(storedType(type)).toEqual({ type: stored });
  });

  test.each([
    'UHUGEINT',
    'BIGNUM',
    'BIT',
    'TIME WITH TIME ZONE',
    'INTERVAL',
    'GEOMETRY',
    "GEOMETRY('OGC:CRS84')",
    'UNION(a INTEGER, b VARCHAR)',
    'STRUCT(INTEGER, VARCHAR)',
    'STRUCT(a BIT[])',
    'MAP(VARCHAR, INTERVAL)',
  ])('%s is refused with the cast to write', (type) => {
    expect(storedType(type)).toEqual({ problem: expect.any(String), cast: expect.stringContaining('…') });
  });

  test.each([
    'BOOLEAN TINYINT SMALLINT INTEGER BIGINT UTINYINT USMALLINT UINTEGER UBIGINT FLOAT DOUBLE VARCHAR BLOB DATE TIME'.split(
      ' ',
    ),
    ['TIME_NS', 'TIMESTAMP', 'TIMESTAMP_NS', 'TIMESTAMP WITH TIME ZONE', 'UUID', 'JSON', 'DECIMAL(38,9)'],
    ['HUGEINT', 'TIMESTAMP_S', "ENUM('a', 'b')", 'INTEGER[3]', 'STRUCT(a HUGEINT[], b MAP(DATE, HUGEINT))'],
  ])('is what DuckDB reads back from a file', async (...types) => {
    const stored = types.map((type) => (storedType(type) as { type: string }).type);
    const file = quoteString(join(folder, 'types.parquet'));
    const columns = stored.map((type, i) => `null::${type} as c${i}`).join(', ');
    await connection.run(`copy (select ${columns}) to ${file}`);
    const rows = await connection.rows(`describe from ${file}`);
    expect(rows.map((row) => row.column_type)).toEqual(stored);
  });
});
