import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { connectionOfFile } from '../../test/support/connection.js';
import { type ColumnType, printType } from './column-type.js';
import { parseType } from './parse-type.js';
import { sqlKeywords } from './sql-keywords.js';
import { TypeTextError } from './type-tokens.js';

const { connection } = await connectionOfFile({ threads: 1 });

const describedTypes = async (types: readonly string[]) => {
  const columns = types.map((type, i) => `c${i} ${type}`).join(', ');
  await connection.run(`create or replace table described (${columns})`);
  return (await connection.rows('describe described')).map((row) => row.column_type as string);
};

const scalars =
  'BOOLEAN TINYINT SMALLINT INTEGER BIGINT HUGEINT UTINYINT USMALLINT UINTEGER UBIGINT UHUGEINT BIGNUM FLOAT DOUBLE VARCHAR BLOB BIT UUID JSON DATE TIME TIME_NS TIMESTAMP TIMESTAMP_S TIMESTAMP_MS TIMESTAMP_NS INTERVAL'
    .split(' ')
    .concat('TIMESTAMP WITH TIME ZONE', 'TIME WITH TIME ZONE');
const text = fc.oneof(
  fc.constantFrom(
    'a',
    'order',
    'Key',
    'b c',
    'a"b',
    "it's",
    'a,b)',
    'ä',
    '1st',
    '\\',
    'line\nbreak',
    'TIME',
    '😀',
  ),
  fc.string({ minLength: 1, unit: 'grapheme' }).filter((s) => !s.includes('\0')),
);
const { anyType } = fc.letrec<{ anyType: ColumnType }>((tie) => {
  const fields = fc.uniqueArray(fc.record({ name: text, type: tie('anyType') }), {
    selector: (field) => field.name.toLowerCase(),
    minLength: 1,
    maxLength: 4,
  });
  return {
    anyType: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constantFrom(...scalars).map((name) => ({ kind: 'scalar' as const, name })),
      fc
        .integer({ min: 1, max: 38 })
        .chain((width) =>
          fc.integer({ min: 0, max: width }).map((scale) => ({ kind: 'decimal' as const, width, scale })),
        ),
      fc.record({
        kind: fc.constant('enum' as const),
        values: fc.uniqueArray(text, { minLength: 1, maxLength: 3 }),
      }),
      fc.record({ kind: fc.constant('list' as const), element: tie('anyType') }),
      fc.record({
        kind: fc.constant('array' as const),
        element: tie('anyType'),
        size: fc.integer({ min: 1, max: 9 }),
      }),
      fc.record({ kind: fc.constant('map' as const), key: tie('anyType'), value: tie('anyType') }),
      fc.record({ kind: fc.constant('struct' as const), fields }),
      fc.record({ kind: fc.constant('union' as const), members: fields }),
    ),
  };
});

describe('a type as data', () => {
  test('is printed exactly as DuckDB prints it, and read back', async () => {
    const types = fc.sample(anyType, { numRuns: 400, seed: 7 });
    expect(await describedTypes(types.map(printType))).toEqual(types.map(printType));
    expect(types.map((type) => parseType(printType(type)))).toEqual(types);
  });

  test.each([
    ['int', 'INTEGER'],
    ['Text', 'VARCHAR'],
    ['varchar(10)', 'VARCHAR'],
    ['numeric', 'DECIMAL(18,3)'],
    ['decimal(5)', 'DECIMAL(5,0)'],
    ['DECIMAL( 18 , 2 )', 'DECIMAL(18,2)'],
    ['timestamptz', 'TIMESTAMP WITH TIME ZONE'],
    ['timestamp without time zone', 'TIMESTAMP'],
    ['TIMESTAMP(3)', 'TIMESTAMP_MS'],
    ['double precision[ ]', 'DOUBLE[]'],
    ['INTEGER[3][]', 'INTEGER[3][]'],
    ['row(a int)', 'STRUCT(a INTEGER)'],
    ['STRUCT("a" INTEGER, "order" "text")', 'STRUCT(a INTEGER, "order" VARCHAR)'],
    ["ENUM('a','b''c')", "ENUM('a', 'b''c')"],
    ['map(varchar,time with time zone)', 'MAP(VARCHAR, TIME WITH TIME ZONE)'],
    ["GEOMETRY('OGC:CRS84')", "GEOMETRY('OGC:CRS84')"],
  ])('reads %s as DuckDB does', async (written, canonical) => {
    expect(printType(parseType(written))).toBe(canonical);
    expect(await describedTypes([written])).toEqual([canonical]);
  });

  test('reads the types of unnamed structs and of NULL', () => {
    for (const printed of [
      'STRUCT(INTEGER, TIMESTAMP WITH TIME ZONE, DECIMAL(3,1)[])',
      'MAP("NULL", "NULL")[]',
    ]) {
      expect(printType(parseType(printed))).toBe(printed);
    }
    expect(parseType('STRUCT(INTEGER)')).toEqual({
      kind: 'struct',
      fields: [{ name: '', type: { kind: 'scalar', name: 'INTEGER' } }],
    });
  });

  test.each([
    ['', 0, 'a type'],
    ['STRUCT(a INTEGER', 16, '")"'],
    ['INTEGER[0]', 8, 'a size of at least 1'],
    ['INTEGER]', 7, 'the end'],
    ['ENUM(a)', 5, 'a quoted value'],
    ['DECIMAL(a)', 8, 'a number of digits'],
    ['INTEGER; drop', 7, 'a type'],
    ['MAP(VARCHAR)', 11, '","'],
  ])('refuses %j', (written, offset, expected) => {
    expect(() => parseType(written)).toThrow(new TypeTextError(written, offset, expected));
  });

  test('knows the keywords of this DuckDB', async () => {
    const rows = await connection.rows('select keyword_name from duckdb_keywords() order by 1');
    expect([...sqlKeywords].sort()).toEqual(rows.map((row) => row.keyword_name).sort());
  });
});
