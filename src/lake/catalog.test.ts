import { readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { connectionOfTest } from '../../test/support/connection.js';
import { folderOfTest } from '../../test/support/temporary-folder.js';
import { openDuckdb } from '../engine/duckdb.js';
import type { LakeSnapshot } from '../ir/commit.js';
import type { TableVersion } from '../ir/table-version.js';
import { openLocalStorage } from '../storage/local.js';
import { writeCatalog } from './catalog.js';
import { emptyVersion } from './lake-fixtures.js';
import { printSql } from './print-sql.js';
import { writeVersion } from './write-version.js';

async function fixture() {
  const dir = await folderOfTest('lake');
  const storage = openLocalStorage(join(dir, "lake [it's] 😀"));
  const path = join(dir, 'catalog/dev.duckdb');
  async function table(
    name: string,
    id: string,
    sql: string,
    schema: TableVersion['schema'],
  ): Promise<TableVersion> {
    const { connection } = await connectionOfTest();
    const request = {
      connection,
      sql,
      schema,
      table: name,
      versionId: id,
      runId: 'r1',
      partitionBy: [],
      storage,
      tempDir: dir,
    };
    return emptyVersion(name, id, { ...(await writeVersion(request)), schema });
  }
  const write = (commit: number, ...versions: TableVersion[]) => {
    const snapshot: LakeSnapshot = { commit, tables: new Map(versions.map((v) => [v.table, v])) };
    return writeCatalog({ path, snapshot, storage, openEngine: (file) => openDuckdb({ path: file }) });
  };
  return { dir, path, storage, table, write };
}

const view = (name: string, sql: string, reads: string[], macros: string[] = []): TableVersion =>
  emptyVersion(name, `${name}-1`, { kind: 'view', view: { sql, reads, macros } });

test('views of tables, views and macros; replaced while a reader has it open', async () => {
  const { dir, path, table, write } = await fixture();
  const schema = { columns: [{ name: 'i', type: 'INTEGER' }] };
  const orders = await table('shop.orders', 'v1', 'from range(3) t(i)', schema);
  const macro = 'create or replace macro twice(x) as x * 2';
  const views = [
    view('b', 'select sum(i) as total from a', ['a']),
    view('a', 'select twice(i) as i from shop.orders', ['shop.orders'], [macro]),
    view('broken', 'select * from dropped', ['dropped']),
    view('reads_broken', 'select * from broken', ['broken']),
  ];
  await write(1, ...views, orders);

  const reader = await openDuckdb({ path, readOnly: true });
  const connection = await reader.connect();
  expect(await connection.rows('from b')).toEqual([{ total: 6n }]);
  expect(await connection.rows('select "commit" from _etl.lake')).toEqual([{ commit: 1n }]);
  expect(
    await connection.rows('select "table", kind, row_count, file_count from _etl.tables order by all'),
  ).toEqual([
    { table: 'a', kind: 'view', row_count: 0n, file_count: 0n },
    { table: 'b', kind: 'view', row_count: 0n, file_count: 0n },
    { table: 'broken', kind: 'view', row_count: 0n, file_count: 0n },
    { table: 'reads_broken', kind: 'view', row_count: 0n, file_count: 0n },
    { table: 'shop.orders', kind: 'table', row_count: 3n, file_count: 1n },
  ]);

  await write(2, ...views, await table('shop.orders', 'v2', 'from range(5) t(i)', schema));
  expect(await connection.rows('from b')).toEqual([{ total: 6n }]);
  connection.close();
  reader.close();
  const later = await openDuckdb({ path, readOnly: true });
  const again = await later.connect();
  expect(await again.rows('from b')).toEqual([{ total: 20n }]);
  again.close();
  later.close();
  expect(await readdir(join(dir, 'catalog'))).toEqual(['dev.duckdb']);
});

test('a file that is there is brought up to date: what changed, what is gone, what became readable; a broken one is written anew', async () => {
  const { path, table, write } = await fixture();
  const schema = { columns: [{ name: 'i', type: 'INTEGER' }] };
  const [a, b] = [
    await table('a', 'a1', 'select 1 as i', schema),
    await table('s.b', 'b1', 'select 2 as i', schema),
  ];
  const reader = view('reader', 'select i from later', ['later']);
  const seen = async (sql: string) => {
    const engine = await openDuckdb({ path, readOnly: true });
    const connection = await engine.connect();
    const rows = await connection.rows(sql).catch((thrown: Error) => thrown.message);
    connection.close();
    engine.close();
    return rows;
  };
  await write(1, a, b, reader);
  await write(
    2,
    await table('a', 'a2', 'select 10 as i', schema),
    await table('later', 'l1', 'select 3 as i', schema),
    reader,
  );
  expect(await seen('select (select i from a) as a, (select i from reader) as reader')).toEqual([
    { a: 10, reader: 3 },
  ]);
  expect(await seen('from s.b')).toContain('does not exist');
  expect(await seen('select "table" as t, version as v from _etl.tables order by 1')).toEqual([
    { t: 'a', v: 'a2' },
    { t: 'later', v: 'l1' },
    { t: 'reader', v: 'reader-1' },
  ]);
  await write(3, reader);
  expect(await seen('from reader')).toContain('does not exist');
  await writeFile(path, 'no database');
  await write(4, a);
  expect(await seen('from a')).toEqual([{ i: 1 }]);
});

test('a lake that was moved together with the file is read where it is now', async () => {
  const { dir, path, storage, table, write } = await fixture();
  const version = await table('a', 'a1', 'select 1 as i', { columns: [{ name: 'i', type: 'INTEGER' }] });
  await write(1, version);
  const moved = openLocalStorage(join(dir, 'moved'));
  await rename(storage.localRoot!, moved.localRoot!);
  const snapshot = { commit: 1, tables: new Map([['a', version]]) };
  const openEngine = (file: string) => openDuckdb({ path: file });
  await writeCatalog({ path, snapshot, storage: moved, openEngine });
  const engine = await openEngine(path);
  const connection = await engine.connect();
  expect(await connection.rows('from a')).toEqual([{ i: 1 }]);
  connection.close();
  engine.close();
});

test('printed SQL reads the same rows in any DuckDB', async () => {
  const { storage, table } = await fixture();
  const schema = { columns: [{ name: 'i', type: 'INTEGER' }] };
  const orders = await table('shop.orders', 'v1', 'from range(3) t(i)', schema);
  const macro = 'create or replace macro twice(x) as x * 2;';
  const a = view('a', 'select twice(i) as i from shop.orders -- all', ['shop.orders'], [macro]);
  const b = view('b', 'select sum(i) as total from a;', ['a']);
  const snapshot: LakeSnapshot = { commit: 1, tables: new Map([b, a, orders].map((v) => [v.table, v])) };
  const engine = await openDuckdb();
  const connection = await engine.connect();
  expect(await connection.rows(printSql(orders, snapshot, storage))).toEqual([{ i: 0 }, { i: 1 }, { i: 2 }]);
  expect(await connection.rows(printSql(b, snapshot, storage))).toEqual([{ total: 6n }]);
  connection.close();
  engine.close();
});

test('a catalog that cannot be made leaves the one that is there', async () => {
  const { dir, path, write } = await fixture();
  await write(1);
  await expect(write(2, view('a', 'select nothing from nowhere', []))).rejects.toThrow();
  expect(await readdir(join(dir, 'catalog'))).toEqual(['dev.duckdb']);
  const engine = await openDuckdb({ path, readOnly: true });
  const connection = await engine.connect();
  expect(await connection.rows('select "commit" from _etl.lake')).toEqual([{ commit: 1n }]);
  connection.close();
  engine.close();
});
