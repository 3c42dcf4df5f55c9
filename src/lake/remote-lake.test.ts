import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectionOfFile } from '../../test/support/connection.js';
import { type Fault, startFaultProxy } from '../../test/support/fault-proxy.js';
import { type LocalR2, startLocalR2 } from '../../test/support/local-r2.js';
import { folderOfFile } from '../../test/support/temporary-folder.js';
import { openDuckdb } from '../engine/duckdb.js';
import type { TableVersion } from '../ir/table-version.js';
import type { PublishContext } from '../ports/publisher.js';
import type { Storage } from '../ports/storage.js';
import { parquetFolder } from '../publishers/parquet-folder.js';
import { openStorage } from '../storage/registry.js';
import { writeCatalog } from './catalog.js';
import { Lake } from './lake.js';
import { emptyVersion, fixedNow } from './lake-fixtures.js';
import { mergeFiles } from './merge-files.js';
import { relationSql } from './relation-sql.js';
import { openRunLake } from './run-lake.js';
import { vacuum } from './vacuum.js';

let r2: LocalR2;
beforeAll(async () => {
  r2 = await startLocalR2();
});
afterAll(() => r2.stop());
const dir = await folderOfFile('remote');
const { connection } = await connectionOfFile();

let machines = 0;
/** Every call is another machine: nothing is in its cache. */
const open = (prefix: string, endpoint?: string): Promise<Storage> =>
  openStorage(r2.target(prefix, endpoint), { cacheDir: join(dir, `machine-${++machines}`) });

const schema = {
  columns: [
    { name: 'k', type: 'VARCHAR' },
    { name: 'n', type: 'BIGINT' },
  ],
};
const rowsSql =
  "select case i % 4 when 3 then null else 'k' || (i % 4) end as k, i as n from range(1000) t(i)";

async function build(storage: Storage, runId: string, tables: readonly string[]): Promise<void> {
  const lake = new Lake(storage);
  const base = await lake.snapshot();
  const tempDir = join(dir, `temp-${runId}`);
  const run = openRunLake({ lake, base, runId, operation: 'build', tempDir, now: fixedNow });
  const changes = new Map<string, TableVersion>();
  for (const table of tables) {
    const versionId = `${table}-${runId}`;
    const request = { connection, sql: rowsSql, schema, table, versionId, partitionBy: ['k'] };
    const written = await run.write(request);
    const fields = { ...written, schema, partitionBy: ['k'], publish: true };
    changes.set(table, emptyVersion(table, versionId, fields));
  }
  await run.commit(changes, new Map());
  await run.abandon([]);
}

async function sumOf(storage: Storage, table: string): Promise<unknown> {
  const version = (await new Lake(storage).snapshot()).tables.get(table)!;
  return connection.rows(
    `select count(*)::int as rows, sum(n)::int as total from (${await relationSql(version, storage)})`,
  );
}

async function keysOf(storage: Storage, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of storage.list(prefix)) keys.push(key);
  return keys;
}

function publishContext(storage: Storage, runId: string): PublishContext {
  const lake = new Lake(storage);
  const tempDir = join(dir, `temp-${runId}`);
  return {
    storage,
    runId,
    openPlace: () => Promise.reject(new Error('no other place')),
    tempDir: async () => tempDir,
    isTaken: async () => false,
    current: async ({ table }) => (await lake.snapshot()).tables.get(table),
    merge: (wanted, files) => mergeFiles(connection, storage, wanted, files, tempDir),
    now: fixedNow,
  };
}

test('one machine builds, another reads; an unchanged lake costs a handful of requests', async () => {
  const storage = await open('two-machines');
  await build(storage, 'r1', ['a', 'b']);
  const reader = await open('two-machines');
  expect(await sumOf(reader, 'a')).toEqual([{ rows: 1000, total: 499500 }]);
  const unchanged = await open('two-machines');
  const { tables } = await new Lake(unchanged).snapshot();
  await parquetFolder.pending(
    [...tables.values()].map((version) => [{ table: version.table }, version] as const),
    unchanged,
  );
  // The hint, its commit and two versions; the log's end and the published folders.
  expect(unchanged.requestCounts?.()).toEqual({ GetObject: 4, ListObjectsV2: 2 });
  await new Lake(unchanged).snapshot();
  expect(unchanged.requestCounts?.()).toEqual({ GetObject: 6, ListObjectsV2: 3 });
});

test('a catalog of a remote lake downloads only what is asked for', async () => {
  await build(await open('catalog'), 'r1', ['a', 'b']);
  const storage = await open('catalog');
  const snapshot = await new Lake(storage).snapshot();
  const path = join(dir, 'catalog.duckdb');
  const openEngine = (file: string) => openDuckdb({ path: file });
  const tables = async () => {
    const database = await openDuckdb({ path, readOnly: true });
    const reader = await database.connect();
    const rows = await reader.rows('select view_name from duckdb_views() where not internal order by 1');
    const listed = await reader.rows('select count(*)::int as n from _etl.tables');
    reader.close();
    database.close();
    return [rows.map((row) => row.view_name), listed[0]!.n];
  };
  const before = storage.requestCounts?.();
  await writeCatalog({ path, snapshot, storage, openEngine });
  expect(await tables()).toEqual([[], 2]);
  expect(storage.requestCounts?.()).toEqual(before);
  await writeCatalog({ path, snapshot, storage, openEngine, include: (table) => table === 'b' });
  expect(await tables()).toEqual([['b'], 2]);
  await writeCatalog({ path, snapshot, storage, openEngine });
  expect(await tables()).toEqual([['b'], 2]);
});

test('with every twentieth request going wrong, the same rows come out', async () => {
  let requests = 0;
  let random = 7;
  const kinds: Fault[] = [
    { kind: 'status', status: 500 },
    { kind: 'status', status: 429 },
    { kind: 'status', status: 503 },
    { kind: 'reset' },
    { kind: 'lost-response' },
    { kind: 'cut-body' },
  ];
  const proxy = await startFaultProxy(r2.endpoint, () => {
    requests++;
    random = (random * 1103515245 + 12345) % 2 ** 31;
    return random / 2 ** 31 < 0.05 ? kinds[random % kinds.length] : undefined;
  });
  try {
    const storage = await open('faulty', proxy.endpoint);
    for (const runId of ['r1', 'r2', 'r3']) await build(storage, runId, ['a', 'b', 'c']);
    for (const table of ['a', 'b', 'c'])
      await parquetFolder.publish({ table }, publishContext(storage, 'p1'));
    const reader = await open('faulty', proxy.endpoint);
    expect(await sumOf(reader, 'c')).toEqual([{ rows: 1000, total: 499500 }]);
    const clean = await open('faulty');
    expect((await new Lake(clean).snapshot()).commit).toBe(3);
    const k = (value: string) => `a/k=${value}/data.parquet`;
    expect(await keysOf(clean, 'a/')).toEqual([k('__HIVE_DEFAULT_PARTITION__'), k('k0'), k('k1'), k('k2')]);
    expect(await keysOf(clean, '_etl/runs/')).toEqual([]);
    expect(requests).toBeGreaterThan(80);
  } finally {
    await proxy.stop();
  }
});

test('objects of somebody else keep a table from being published there', async () => {
  const storage = await open('strange');
  await build(storage, 'r1', ['a', 'ab']);
  await storage.write('ab/theirs.parquet', Buffer.from('theirs'));
  const publish = (table: string) => parquetFolder.publish({ table }, publishContext(storage, 'p1'));
  await expect(publish('ab')).rejects.toThrow('the first of them s3://lake/strange/ab/theirs.parquet.');
  expect(await publish('a')).toMatchObject({ finished: true });
  expect(await keysOf(storage, 'ab/')).toEqual(['ab/theirs.parquet']);
  await storage.delete(['ab/theirs.parquet']);
  expect(await publish('ab')).toMatchObject({ finished: true });
});

test('many committers at once: none lost, none doubled, no gaps', async () => {
  const committers = 8;
  const commitsEach = 6;
  const numbers = await Promise.all(
    Array.from({ length: committers }, async (_, i) => {
      const lake = new Lake(await open('crowded'));
      const own: number[] = [];
      for (let n = 0; n < commitsEach; n++) {
        const changes = new Map([[`t${i}`, emptyVersion(`t${i}`, `v${n}`)]]);
        const base = await lake.snapshot();
        const request = {
          base,
          changes,
          runId: `r${i}-${n}`,
          operation: 'build',
          reads: new Map(),
          now: fixedNow,
        };
        own.push(await lake.commit(request));
      }
      return own;
    }),
  );
  const all = numbers.flat().sort((a, b) => a - b);
  expect(all).toEqual(Array.from({ length: committers * commitsEach }, (_, i) => i + 1));
  const { commit, tables } = await new Lake(await open('crowded')).snapshot();
  expect(commit).toBe(committers * commitsEach);
  expect([...tables.values()].map(({ id }) => id)).toEqual(Array(committers).fill(`v${commitsEach - 1}`));
}, 120_000);

test('vacuum removes what was replaced, and a copy on disk does not hide that', async () => {
  const storage = await open('vacuumed');
  await build(storage, 'r1', ['a']);
  await build(storage, 'r2', ['a']);
  const now = () => new Date(Date.now() + 86_400_000);
  const { objects } = await vacuum(new Lake(storage), { graceMs: 0, dryRun: false, runId: 'v', now });
  expect(objects.length).toBe(5);
  expect(await keysOf(storage, '_etl/data/')).toHaveLength(4);
  expect(await sumOf(await open('vacuumed'), 'a')).toEqual([{ rows: 1000, total: 499500 }]);
  await expect(new Lake(storage).fresh().snapshot(1)).rejects.toMatchObject({
    diagnostics: [{ code: 'lake/no-commit' }],
  });
});
