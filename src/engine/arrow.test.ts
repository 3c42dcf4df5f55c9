import {
  Binary,
  DateMillisecond,
  Decimal,
  Dictionary,
  Field,
  FixedSizeBinary,
  FixedSizeList,
  Float16,
  Float32,
  Int32,
  Int64,
  LargeUtf8,
  makeData,
  makeVector,
  Null,
  RecordBatch,
  RecordBatchReader,
  Schema,
  Struct,
  TimeMillisecond,
  TimestampMillisecond,
  TimestampNanosecond,
  Utf8,
  Utf8View,
  type Vector,
  vectorFromArray,
} from 'apache-arrow';
import { describe, expect, test } from 'vitest';
import { connectionOfFile } from '../../test/support/connection.js';
import { duckdbTypeOf } from '../schema/arrow-type.js';

const { connection } = await connectionOfFile({ threads: 1 });

async function readBatches(sql: string): Promise<readonly RecordBatch[]> {
  const reader = await RecordBatchReader.from(await connection.arrowStream(sql));
  const batches: RecordBatch[] = [];
  for await (const batch of reader) batches.push(batch);
  return batches;
}

async function load(batches: readonly RecordBatch[]): Promise<number> {
  const columns = batches[0]!.schema.fields.map((field) => `"${field.name}" ${duckdbTypeOf(field.type)}`);
  await connection.run(`create or replace table loaded (${columns.join(', ')})`);
  return connection.appendArrow(
    'loaded',
    (async function* () {
      yield* batches;
    })(),
  );
}

/** Every value of the query comes back with the same type. */
async function expectRoundTrip(sql: string) {
  await connection.run(`create or replace table original as ${sql}`);
  const count = await load(await readBatches('select * from original'));
  const types = async (table: string) =>
    (await connection.rows(`describe ${table}`)).map((r) => r.column_type);
  expect(await types('loaded')).toEqual(await types('original'));
  expect(await connection.rows('select count(*) as n from original')).toEqual([{ n: BigInt(count) }]);
  const differences = `(select row_number() over () as i, * from original except all select row_number() over () as i, * from loaded)`;
  expect(await connection.rows(`select * from ${differences} limit 3`)).toEqual([]);
}

const values: Readonly<Record<string, string>> = {
  BOOLEAN: 'i % 3 = 0',
  TINYINT: '(i % 256 - 128)',
  SMALLINT: '(i % 65536 - 32768)',
  INTEGER: 'i * 800003 - 2000000000',
  BIGINT: '9223372036854775807 - i * 1000000007',
  UTINYINT: 'i % 256',
  USMALLINT: 'i % 65536',
  UINTEGER: '4294967295 - i',
  UBIGINT: '18446744073709551615 - i',
  FLOAT: 'i / 7',
  DOUBLE: "if(i % 10 = 0, 'nan'::double, i / 7)",
  'DECIMAL(4,1)': '(i % 999 - 500) / 10',
  'DECIMAL(9,2)': '(i - 500) / 100',
  'DECIMAL(18,3)': '(i - 500) * 1000000007',
  'DECIMAL(38,0)': '(i - 500) * 1000000000000000000000000000000',
  VARCHAR: "if(i % 5 = 0, '', repeat('aé😀', i % 7) || i)",
  BLOB: "encode(repeat('x', i % 20))",
  DATE: "date '1960-01-01' + i::integer",
  TIME: "time '00:00:00' + to_microseconds(i * 7000001 % 86400000000)",
  TIMESTAMP: "timestamp '1900-01-01' + to_microseconds(i * 1234567890123)",
  TIMESTAMP_NS: 'make_timestamp_ns(i * 1234567890123)',
  'TIMESTAMP WITH TIME ZONE': "timestamptz '1900-01-01 00:00:00+00' + to_microseconds(i * 1234567890123)",
  'INTEGER[]': 'if(i % 4 = 0, [], [i, null, i + 1])',
  'VARCHAR[][]': "[[i::varchar], null, ['a', repeat('b', 20)]]",
  'STRUCT(a INTEGER, b VARCHAR[])': "{'a': if(i % 2 = 0, i, null), 'b': [i::varchar]}",
  'MAP(VARCHAR, INTEGER)': "map {'a': i, i::varchar: null}",
};

describe('DuckDB to Arrow and back', () => {
  test.each(Object.entries(values))('%s', async (type, expression) => {
    // More rows than a chunk of DuckDB has, with and without NULLs.
    await expectRoundTrip(
      `select (${expression})::${type} as a, if(i % 7 = 3, null, (${expression})::${type}) as b from range(5000) t(i)`,
    );
  });

  test('more rows than a batch has, filtered, and no rows', async () => {
    await expectRoundTrip(
      `select i, 'text of row ' || i as s, [i] as l from range(150000) t(i) where i % 3 <> 1`,
    );
    const filtered = await readBatches(`select s, l from original where hash(s) % 5 = 0`);
    expect(await load(filtered)).toBe(
      Number((await connection.rows(`select count(*) as n from original where hash(s) % 5 = 0`))[0]!.n),
    );
    expect(await connection.rows(`select s, l from loaded except select s, l from original`)).toEqual([]);
    const empty = await RecordBatchReader.from(
      await connection.arrowStream(`select i, s from original where false`),
    );
    await empty.open();
    expect(empty.schema.fields.map((field) => field.name)).toEqual(['i', 's']);
  });

  test('what Arrow cannot hold comes as text', async () => {
    const [batch] = await readBatches(
      `select 'a'::enum('a', 'b') as e, uuid '5f0c6a3e-1d2b-4c6d-8e9f-0a1b2c3d4e5f' as u, interval 2 days as i, sum(1::bigint) as h, [1, 2]::integer[2] as l, {'t': interval 1 day} as s, 1 as e from range(2)`,
    );
    const texts = ['e', 'u', 'i'].map((name) => batch!.getChild(name)!.get(0));
    expect(texts).toEqual(['a', '5f0c6a3e-1d2b-4c6d-8e9f-0a1b2c3d4e5f', '2 days']);
    expect(batch!.schema.fields.map((field) => `${field.name} ${field.type}`)).toEqual([
      'e Utf8',
      'u Utf8',
      'i Utf8',
      'h Decimal[38e0]',
      'l List<Int32>',
      's Struct<{t:Utf8}>',
      'e:1 Int32',
    ]);
  });

  test('a query that fails says so', async () => {
    await expect(connection.arrowStream('select nothing')).rejects.toMatchObject({ name: 'EngineError' });
    await expect(readBatches(`select i::varchar::date as d from range(100000) t(i)`)).rejects.toThrow();
  });
});

describe('Arrow types that DuckDB does not write', () => {
  const batchOf = (columns: Record<string, Vector>) => {
    const fields = Object.entries(columns).map(([name, vector]) => new Field(name, vector.type, true));
    const children = Object.values(columns).map((vector) => vector.data[0]!);
    const length = children[0]!.length;
    return new RecordBatch(
      new Schema(fields),
      makeData({ type: new Struct(fields), length, nullCount: 0, children }),
    );
  };
  // The package's own builder cannot make them.
  const nanoseconds = (values: readonly (bigint | null)[], timezone: string | null) => {
    const { data } = vectorFromArray(values, new Int64());
    return makeVector(data[0]!.clone(new TimestampNanosecond(timezone) as never)) as unknown as Vector;
  };
  const loadedRows = async (batch: RecordBatch) => {
    await load([batch]);
    return connection.rows('select * from loaded');
  };

  test('dictionary, views, large and fixed sizes', async () => {
    const batch = batchOf({
      d: vectorFromArray(
        ['long enough to be a pointer', null, 'b', 'b'],
        new Dictionary(new Utf8(), new Int32()),
      ),
      l: vectorFromArray(['a', 'twelve bytes', 'thirteen byte', null], new LargeUtf8()),
      v: vectorFromArray(['a', 'twelve bytes', 'thirteen byte', null], new Utf8View()),
      b: vectorFromArray(
        [new Uint8Array([1, 2]), null, new Uint8Array(), new Uint8Array([255])],
        new Binary(),
      ),
      f: vectorFromArray(
        [[1, 2], null, [3, 4], [5, 6]],
        new FixedSizeList(2, new Field('item', new Int32())),
      ),
      x: vectorFromArray(
        [new Uint8Array([1, 2]), null, new Uint8Array([3, 4]), null],
        new FixedSizeBinary(2),
      ),
      n: vectorFromArray([null, null, null, null], new Null()),
    });
    expect(await loadedRows(batch)).toEqual([
      {
        d: 'long enough to be a pointer',
        l: 'a',
        v: 'a',
        b: '\\x01\\x02',
        f: [1, 2],
        x: '\\x01\\x02',
        n: null,
      },
      { d: null, l: 'twelve bytes', v: 'twelve bytes', b: null, f: null, x: null, n: null },
      { d: 'b', l: 'thirteen byte', v: 'thirteen byte', b: '', f: [3, 4], x: '\\x03\\x04', n: null },
      { d: 'b', l: null, v: null, b: '\\xFF', f: [5, 6], x: null, n: null },
    ]);
  });

  test('units of time, half floats and a slice', async () => {
    const batch = batchOf({
      d: vectorFromArray([new Date('1969-12-31'), null, new Date('2024-02-29')], new DateMillisecond()),
      t: vectorFromArray([1, null, 86_399_999], new TimeMillisecond()),
      s: vectorFromArray([0, null, -1], new TimestampMillisecond()),
      n: nanoseconds([0n, null, 1n], null),
      h: vectorFromArray([0.5, null, -2], new Float16()),
      f: vectorFromArray([0.5, null, -2], new Float32()),
    });
    const rows = [
      {
        d: '1969-12-31',
        t: '00:00:00.001',
        s: '1970-01-01 00:00:00',
        n: '1970-01-01 00:00:00',
        h: 0.5,
        f: 0.5,
      },
      { d: null, t: null, s: null, n: null, h: null, f: null },
      {
        d: '2024-02-29',
        t: '23:59:59.999',
        s: '1969-12-31 23:59:59.999',
        n: '1970-01-01 00:00:00.000000001',
        h: -2,
        f: -2,
      },
    ];
    expect(await loadedRows(batch)).toEqual(rows);
    expect(await loadedRows(batch.slice(1, 3))).toEqual(rows.slice(1));
  });

  test('what has no type of DuckDB is refused, and what would lose digits is an error', async () => {
    expect(duckdbTypeOf(new Decimal(0, 50, 256))).toBeUndefined();
    const batch = batchOf({ z: nanoseconds([1n], 'UTC') });
    await expect(load([batch])).rejects.toThrow('1 ns is finer than TIMESTAMP WITH TIME ZONE');
  });
});
