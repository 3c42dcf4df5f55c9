import { gzipSync } from 'node:zlib';
import {
  CompressionType,
  compressionRegistry,
  Interval,
  IntervalUnit,
  RecordBatchFileWriter,
  Table,
  tableFromArrays,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import { describe, expect, test } from 'vitest';
import { connectorTestBench } from './connector-test-bench.js';
import { decompressLz4 } from './file/lz4-frame.js';
import { fileConnector } from './file.js';

const bench = connectorTestBench(fileConnector);

const rows = (from: number, count: number) =>
  new Table({
    id: vectorFromArray(Int32Array.from({ length: count }, (_, i) => from + i)),
    s: vectorFromArray(
      Array.from({ length: count }, (_, i) => (i % 3 === 0 ? null : `text of row ${from + i}`)),
      new Utf8(),
    ),
  });

/** A zstd frame of stored blocks: Node 20 cannot make others. */
function storedZstd(bytes: Uint8Array): Uint8Array {
  const header = Buffer.alloc(9);
  header.writeUInt32LE(0xfd2fb528, 0);
  header[4] = 0xa0;
  header.writeUInt32LE(bytes.length, 5);
  const blocks: Uint8Array[] = [header];
  for (let at = 0; at < bytes.length; at += 100_000) {
    const block = bytes.subarray(at, at + 100_000);
    const size = Buffer.alloc(3);
    size.writeUIntLE((block.length << 3) | (at + 100_000 >= bytes.length ? 1 : 0), 0, 3);
    blocks.push(size, block);
  }
  return Buffer.concat(blocks);
}

/** An LZ4 frame of stored blocks. */
function storedLz4(bytes: Uint8Array): Uint8Array {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(bytes.length + 2 ** 31);
  return Buffer.concat([
    Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0x73]),
    size,
    bytes,
    Buffer.alloc(4),
  ]);
}

function compressedFile(table: Table, type: CompressionType): Uint8Array {
  const before = compressionRegistry.get(type);
  compressionRegistry.set(type, { encode: type === CompressionType.ZSTD ? storedZstd : storedLz4 });
  const bytes = RecordBatchFileWriter.writeAll(table, { compressionType: type } as never).toUint8Array(true);
  if (before) compressionRegistry.set(type, before);
  else (compressionRegistry as unknown as { registry: object }).registry = {};
  return bytes;
}

describe('Arrow IPC', () => {
  const expected = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ id: i, s: i % 3 === 0 ? null : `text of row ${i}` }));

  test('64-bit numbers in buffers that were compressed', async () => {
    for (const type of [CompressionType.LZ4_FRAME, CompressionType.ZSTD]) {
      const table = new Table({
        n: vectorFromArray(BigInt64Array.of(1n, 2n, 3n)),
        d: vectorFromArray(Float64Array.of(0.5, 1.5, 2.5)),
      });
      await bench.write('a.arrow', compressedFile(table, type));
      expect((await bench.land({ path: 'a.arrow' })).rows[2]).toEqual({ n: 3n, d: 2.5 });
    }
  });

  test.each([
    ['a.arrow', (table: Table) => tableToIPC(table, 'file')],
    ['a.arrows', (table: Table) => tableToIPC(table, 'stream')],
    ['a.feather', (table: Table) => tableToIPC(table, 'stream')],
    ['a.arrow.gz', (table: Table) => gzipSync(tableToIPC(table, 'file'))],
    ['a.arrows.zst', (table: Table) => storedZstd(tableToIPC(table, 'stream'))],
    ['b.arrow', (table: Table) => compressedFile(table, CompressionType.LZ4_FRAME)],
    ['c.arrow', (table: Table) => compressedFile(table, CompressionType.ZSTD)],
  ])('%s', async (path, write) => {
    await bench.write(path, write(rows(0, 5000)));
    const landed = await bench.land({ path });
    expect(landed.types).toEqual({ id: 'INTEGER', s: 'VARCHAR' });
    expect(landed.rows).toEqual(expected(5000));
    expect(await bench.connection.rows('select table_name from duckdb_tables() where temporary')).toEqual([]);
  });

  test('several files, other columns, declared types and the path', async () => {
    await bench.write('d/k=1/a.arrow', tableToIPC(rows(0, 2), 'file'));
    await bench.write(
      'd/k=2/b.arrows',
      tableToIPC(tableFromArrays({ id: BigInt64Array.of(7n), x: Float64Array.of(0.5) })),
    );
    const landed = await bench.land({
      path: 'd/**',
      filename: true,
      hive_partitioning: true,
      columns: { k: 'INTEGER' },
    });
    expect(landed.types).toEqual({
      id: 'BIGINT',
      s: 'VARCHAR',
      x: 'DOUBLE',
      k: 'INTEGER',
      filename: 'VARCHAR',
    });
    expect(landed.rows).toEqual([
      { id: 0n, s: null, x: null, k: 1, filename: 'd/k=1/a.arrow' },
      { id: 1n, s: 'text of row 1', x: null, k: 1, filename: 'd/k=1/a.arrow' },
      { id: 7n, s: null, x: 0.5, k: 2, filename: 'd/k=2/b.arrows' },
    ]);
  });

  test('no rows', async () => {
    await bench.write('a.arrow', tableToIPC(rows(0, 0), 'file'));
    expect(await bench.land({ path: 'a.arrow' })).toMatchObject({
      types: { id: 'INTEGER', s: 'VARCHAR' },
      rows: [],
    });
  });

  test('what cannot be read says why', async () => {
    await bench.write('a.arrow', 'no arrow at all');
    expect((await bench.complaint({ path: 'a.arrow' }))[0]).toMatch(
      /^land\/unreadable a\.arrow cannot be read as Arrow IPC: /,
    );
    const whole = tableToIPC(rows(0, 5000), 'file');
    await bench.write('a.arrow', whole.subarray(0, whole.length / 2));
    expect((await bench.complaint({ path: 'a.arrow' }))[0]).toMatch(
      /^land\/unreadable a\.arrow cannot be read as Arrow IPC: /,
    );
    const interval = new Table({
      i: vectorFromArray([new Int32Array([1, 2])], new Interval(IntervalUnit.DAY_TIME)),
    });
    await bench.write('a.arrow', tableToIPC(interval, 'file'));
    expect((await bench.complaint({ path: 'a.arrow' }))[0]).toMatch(
      /^compile\/unsupported-type Column "i" of a\.arrow is /,
    );
  });
});

test('LZ4 blocks with literals and overlapping matches', () => {
  const frame = Buffer.from(
    'BCJNGGRApyYBAAA7YWJjAwAfeAEA////1//+AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+P0BBQkNERUZHSElKS0xNTk9QUVJTVFVWV1hZWltcXV5fYGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6e3x9fn+AgYKDhIWGh4iJiouMjY6PkJGSk5SVlpeYmZqbnJ2en6ChoqOkpaanqKmqq6ytrq+wsbKztLW2t7i5uru8vb6/wMHCw8TFxsfIycrLzM3Oz9DR0tPU1dbX2Nna29zd3t/g4eLj5OXm5+jp6uvs7e7v8PHy8/T19vf4+fr7/P3+/2hlbGxvIHdvcmxkLCANAABQd29ybGQAAAAAqgHv5A==',
    'base64',
  );
  const words = 'hello world, hello world, hello world';
  const text = [
    Buffer.from(`${'abc'.repeat(6)}${'x'.repeat(1000)}`),
    Buffer.from(Array.from({ length: 256 }, (_, i) => i)),
    Buffer.from(words),
  ];
  expect(Buffer.from(decompressLz4(frame))).toEqual(Buffer.concat(text));
});
