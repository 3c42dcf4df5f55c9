import { describe, expect, test } from 'vitest';
import { memoryMemo } from '../../test/support/memory-memo.js';
import { connectorTestBench, sourceTable, type TableOptions } from './connector-test-bench.js';
import { fileConnector } from './file.js';

const bench = connectorTestBench(fileConnector);
const untyped = async (options: TableOptions) =>
  (await fileConnector.describe(sourceTable(options), bench.context())).untyped;
const records = (...rows: readonly unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

describe('columns without any value are named', () => {
  test('in CSV: of a header alone, of NULLs, and not where a text is empty or a type declared', async () => {
    await bench.write('header.csv', 'id,a.b\n');
    expect(await untyped({ path: 'header.csv' })).toEqual(['id', '"a.b"']);
    expect(await untyped({ path: 'header.csv', columns: { ID: 'BIGINT' } })).toEqual(['"a.b"']);
    await bench.write('nulls.tsv', 'id\tnone\tna\ttext\n1\t\t-\t""\n2\t\t-\t\n');
    expect(await untyped({ path: 'nulls.tsv', null_values: ['', '-'] })).toEqual(['none', 'na']);
    await bench.write('full.csv', 'id\n1\n');
    expect(await untyped({ path: 'full.csv' })).toBeUndefined();
  });

  test('over all files, and all rows that are read', async () => {
    await bench.write('many/a.csv', 'id,late,never\n');
    await bench.write('many/b.csv', 'id,late\n1,2\n');
    const { types } = await bench.land({ path: 'many/*.csv' });
    expect(types).toEqual({ id: 'BIGINT', late: 'BIGINT', never: 'VARCHAR' });
    expect(await untyped({ path: 'many/*.csv' })).toEqual(['never']);
    // More rows than the first look takes, and a value in the last.
    await bench.write('long.csv', `id,late,never\n${'1,,\n'.repeat(3000)}1,2,\n`);
    expect(await untyped({ path: 'long.csv' })).toEqual(['never']);
    // More columns than are tested side by side.
    const wide = Array.from({ length: 150 }, (_, i) => `c${i}`);
    await bench.write('wide.csv', `${wide.join()}\n${wide.map((_, i) => (i === 7 ? '' : i)).join()}\n`);
    expect(await untyped({ path: 'wide.csv' })).toEqual(['c7']);
    // The only value stands in a row that is put aside.
    await bench.write('bad.csv', 'id,none\n1,\n2,3,4\n');
    expect(await untyped({ path: 'bad.csv', on_bad_row: 'quarantine' })).toEqual(['none']);
  });

  test('in JSON: of keys that are only null, also inside objects, lists and maps', async () => {
    const keys = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`k${i}`, null]));
    await bench.write(
      'a.ndjson',
      records(
        { id: 1, none: null, o: { x: null, y: 1 }, l: [], m: [{ p: null, q: 1 }], map: keys, mixed: 1 },
        { id: 2, none: null, o: null, l: null, m: [{ p: [null], q: 1 }, { q: 1 }], mixed: {} },
      ),
    );
    const expected = ['none', 'o.x', 'l[]', 'm[].p[]', 'map[value]'];
    expect(await untyped({ path: 'a.ndjson' })).toEqual(expected);
    expect(await untyped({ path: 'a.ndjson', on_bad_row: 'quarantine' })).toEqual(expected);
    expect(await untyped({ path: 'a.ndjson', timestamp_format: '%Y %z' })).toEqual(expected);
    expect(await untyped({ path: 'a.ndjson', columns: { none: 'DATE', o: 'JSON' } })).toEqual(
      expected.slice(2),
    );
    await bench.write('b.ndjson', records({ id: 3, none: true, o: { x: 'a' }, l: [[1]], m: [{ p: [2] }] }));
    expect(await untyped({ path: '*.ndjson' })).toEqual(['map[value]']);
  });

  test('and take the type that files of another format have', async () => {
    await bench.write('a.csv', 'id,day,none\n');
    await bench.write('b.ndjson', records({ id: 1, day: null, none: null }));
    await bench.connection.run(`copy (select date '2024-01-02' as day) to '${bench.rootDir}/c.parquet'`);
    const options = { path: ['*.csv', '*.ndjson', '*.parquet'] };
    const { types, rows } = await bench.land(options);
    expect(types).toEqual({ id: 'BIGINT', day: 'DATE', none: 'VARCHAR' });
    expect(rows.map((row) => row.id)).toEqual([1n, null]);
    expect(await untyped(options)).toEqual(['none']);
  });

  test('also where the columns are remembered', async () => {
    await bench.write('a.csv', 'id\n');
    const context = { ...bench.context(), memo: memoryMemo() };
    const table = sourceTable({ path: 'a.csv' });
    const first = await fileConnector.describe(table, context);
    expect(await fileConnector.describe(table, context)).toEqual({ ...first, untyped: ['id'] });
  });
});
