import fc from 'fast-check';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { connectionOfFile } from '../../test/support/connection.js';
import { db } from './db.js';
import { toSql } from './duckdb-query-compiler.js';
import { sql as checkedSql } from './sql-tag.js';

const { connection } = await connectionOfFile();

const roundTrip = async (value: unknown) => (await connection.rows(`select ${toSql(value)} as v`))[0]!.v;
const holds = async (condition: string) => (await connection.rows(`select ${condition} as v`))[0]!.v;

describe('values become literals', () => {
  it.each([
    "it's",
    "''",
    "back\\slash \\n \\'",
    'line\nbreak\r\ttab',
    '$$ $tag$ ${x} $1',
    '-- /* */ ;',
    '😀é\u2028',
    'a\0b\0',
    '\0',
    '',
    '"quoted" `ticks`',
  ])('%j comes back as it went in', async (text) => {
    expect(await roundTrip(text)).toBe(text);
  });

  it('whatever the string, a thousand times', async () => {
    const awkward = fc.constantFrom("'", '"', '\\', '$', '{', '}', '\n', '\0', '😀', '-', '*', '/', '`', 'x');
    const anything = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: awkward, maxLength: 40 }));
    const values = fc.sample(anything, 1_000);
    const list = values.map((value, i) => `${toSql(value)} as c${i}`).join(', ');
    const [row] = await connection.rows(`select ${list}`);
    expect(Object.values(row!)).toEqual(values);
  });

  it.each([
    [1, '1', 1],
    [-1, '(-1)', -1],
    [0.1, '0.1', '0.1'],
    [1e21, '1e+21', 1e21],
    [5e-324, '5e-324', 5e-324],
    [-0, '0', 0],
    [Number.NaN, "'nan'::DOUBLE", 'NaN'],
    [Number.POSITIVE_INFINITY, "'infinity'::DOUBLE", 'Infinity'],
    [Number.NEGATIVE_INFINITY, "'-infinity'::DOUBLE", '-Infinity'],
    [2n ** 63n, '9223372036854775808', 2n ** 63n],
    [-(2n ** 127n), "'-170141183460469231731687303715884105728'::HUGEINT", -(2n ** 127n)],
    [true, 'true', true],
    [null, 'NULL', null],
    [new Date('2024-02-29T12:34:56.789Z'), "TIMESTAMPTZ '2024-02-29T12:34:56.789Z'", undefined],
    [Uint8Array.of(0, 171, 255), "from_hex('00abff')", undefined],
  ])('%s → %s', async (value, text, back) => {
    expect(toSql(value)).toBe(text);
    if (back !== undefined) expect(await roundTrip(value)).toBe(back);
  });

  it('dates of any year', async () => {
    for (const iso of [
      '-000044-03-15T00:00:00.000Z',
      '+012024-01-01T00:00:00.000Z',
      '2024-01-01T00:00:00.001Z',
    ]) {
      const date = new Date(iso);
      expect(await holds(`epoch_ms(${toSql(date)})`), iso).toBe(BigInt(date.getTime()));
    }
  });

  it('a negative number never starts a comment', async () => {
    expect(await holds(`5-${toSql(-3)}`)).toBe(8);
  });

  it('arrays stand behind in, empty ones too', async () => {
    expect(toSql([1, 'a', null])).toBe("(1, 'a', NULL)");
    expect(await holds(`2 in ${toSql([1, 2])} and 3 not in ${toSql([1, 2])}`)).toBe(true);
    expect(await holds(`1 in ${toSql([])}`)).toBe(false);
    expect(await holds(`date '2024-01-01' not in ${toSql([])}`)).toBe(true);
    expect(
      await holds(
        `(1, 'b') in ${toSql([
          [1, 'b'],
          [2, 'c'],
        ])}`,
      ),
    ).toBe(true);
    expect(await holds(`date '2024-01-01' in ${toSql(['2024-01-01'])}`)).toBe(true);
  });

  it.each([
    [undefined, 'undefined'],
    [() => 1, 'the function (anonymous)'],
    [Symbol('x'), 'a symbol'],
    [{ a: 1 }, 'an object'],
    [new Map(), 'an object of class Map'],
    [Promise.resolve(1), 'a promise'],
    [new Date('x'), 'an invalid Date'],
    ['\ud800', 'a string with half of a surrogate pair'],
    [2n ** 128n, 'an integer of more than 128 bits'],
    [[1, undefined], 'undefined'],
  ])('and %s is refused', (value, what) => {
    expect(() => toSql(value)).toThrow(`This gives ${what}, which cannot stand in SQL.`);
    expect(() => checkedSql`${value}`).toThrow(`This gives ${what}`);
  });
});

describe("Kysely's expressions are spliced", () => {
  it('fragments with values, references, identifiers and lists', () => {
    const fragment = sql`${sql.ref('o.a"b')} = ${'x'} and ${sql.id('c')} in (${sql.join([1, 'y'])}) ${sql.lit('l')} ${sql.raw('raw')}`;
    expect(toSql(fragment)).toBe(`"o"."a""b" = 'x' and "c" in (1, 'y') 'l' raw`);
  });

  it('queries in parentheses', async () => {
    const query = db
      .selectFrom('shop.orders as o')
      .selectAll()
      .where('id', 'in', [])
      .where('name', 'like', "it's%")
      .orderBy('id', 'desc')
      .limit(3);
    const text =
      `(select * from "shop"."orders" as "o" where "id" in (select NULL where false) ` +
      `and "name" like 'it''s%' order by "id" desc limit 3)`;
    expect(toSql(query)).toBe(text);
    await connection.run("create schema shop; create table shop.orders as select 1 as id, 'x' as name");
    expect(await connection.rows(`from ${text}`)).toEqual([]);
  });
});
