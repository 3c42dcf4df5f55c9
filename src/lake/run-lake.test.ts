import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { connectionOfFile } from '../../test/support/connection.js';
import { folderOfTest } from '../../test/support/temporary-folder.js';
import type { RunLake } from '../ports/run-lake.js';
import { openLocalStorage } from '../storage/local.js';
import { thisProcess } from '../util/host-process.js';
import { Lake } from './lake.js';
import { emptyVersion, fixedNow } from './lake-fixtures.js';
import { lakeJson } from './lake-json.js';
import { runKey } from './lake-keys.js';
import { openRunLake } from './run-lake.js';

const { connection } = await connectionOfFile();

async function fixture() {
  const dir = await folderOfTest('lake');
  const storage = openLocalStorage(join(dir, 'lake'));
  const lake = new Lake(storage);
  return {
    lake,
    storage,
    open: async (runId: string): Promise<RunLake> =>
      openRunLake({
        lake,
        base: await lake.snapshot(),
        runId,
        operation: 'build',
        tempDir: dir,
        now: fixedNow,
      }),
    keys: async (prefix = '') => {
      const keys: string[] = [];
      for await (const { key } of storage.list(prefix)) keys.push(key);
      return keys;
    },
  };
}

const schema = { columns: [{ name: 'i', type: 'BIGINT' }] };
const request = (table: string, versionId: string) => ({
  connection,
  sql: 'select i from range(3) t(i)',
  schema,
  table,
  versionId,
  partitionBy: [],
});

async function writeAndCommit(run: RunLake, table: string, versionId: string): Promise<void> {
  const written = await run.write(request(table, versionId));
  await run.commit(new Map([[table, emptyVersion(table, versionId, { ...written, schema })]]), new Map());
}

test('a run that ends leaves what it committed and nothing else', async () => {
  const { open, keys } = await fixture();
  const run = await open('r1');
  await run.write(request('b', 'v2'));
  expect(await keys('_etl/runs/')).toEqual(['_etl/runs/r1.json']);
  await writeAndCommit(run, 'a', 'v1');
  await run.abandon([{ table: 'b', versionId: 'v2' }]);
  expect(await keys()).toEqual([
    '_etl/commits/00000000000000000001.json',
    '_etl/data/a/v1-r1-0.parquet',
    '_etl/latest.json',
    '_etl/tables/a/v1.json',
  ]);
});

test('the next run removes what dead runs left, not what they committed nor what living ones write', async () => {
  const { open, storage, keys } = await fixture();
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const journal = {
    format: 1,
    operation: 'build',
    startedAt: '',
    baseCommit: 0,
    process: thisProcess(),
  } as const;
  const dead = { ...journal, process: { ...journal.process, pid: child.pid!, started: '' } };
  const elsewhere = { ...journal, process: { ...journal.process, host: 'elsewhere' } };

  const first = await open('r1');
  await writeAndCommit(first, 'a', 'v1');
  await first.write(request('a', 'v2'));
  await first.write(request('b', 'v3'));
  await storage.write(runKey('r1'), lakeJson({ ...dead, runId: 'r1' }));
  await storage.write('_etl/tables/b/v3.json', Buffer.from('{}'));
  const second = await open('r2');
  await second.write(request('c', 'v4'));
  const third = await open('r3');
  await third.write(request('d', 'v5'));
  await storage.write(runKey('r3'), lakeJson({ ...elsewhere, runId: 'r3' }));
  await storage.write(runKey('r0'), Buffer.from('{'));
  expect(await keys('_etl/data/')).toHaveLength(5);

  child.kill('SIGKILL');
  await once(child, 'exit');
  const next = await open('r4');
  await next.write(request('e', 'v6'));
  expect(await keys('_etl/data/')).toEqual([
    '_etl/data/a/v1-r1-0.parquet',
    '_etl/data/c/v4-r2-0.parquet',
    '_etl/data/d/v5-r3-0.parquet',
    '_etl/data/e/v6-r4-0.parquet',
  ]);
  expect(await keys('_etl/tables/')).toEqual(['_etl/tables/a/v1.json']);
  expect(await keys('_etl/runs/')).toEqual(['r0', 'r2', 'r3', 'r4'].map((id) => `_etl/runs/${id}.json`));
});

test('files of a commit that the disk refused are abandoned: it certainly did not take place', async () => {
  const { lake, storage, keys } = await fixture();
  const full = Object.assign(new Error('ENOSPC: no space left on device'), {
    code: 'ENOSPC',
    syscall: 'write',
  });
  const failing = new Proxy(storage, {
    get: (target, name) => {
      if (name === 'createIfAbsent')
        return (key: string, bytes: Uint8Array) =>
          key.startsWith('_etl/commits/') ? Promise.reject(full) : target.createIfAbsent(key, bytes);
      const value = target[name as keyof typeof target];
      return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
    },
  });
  const base = await lake.snapshot();
  const options = { base, runId: 'r1', operation: 'build', tempDir: '/nonexistent', now: fixedNow };
  const run = openRunLake({ lake: new Lake(failing), ...options });
  const version = emptyVersion('a', 'v1', { ...(await run.write(request('a', 'v1'))), schema });
  await expect(run.commit(new Map([['a', version]]), new Map())).rejects.toBe(full);
  await run.abandon([{ table: 'a', versionId: 'v1' }]);
  expect(await keys('_etl/')).toEqual([]);
});

test('files of a commit whose fate is unknown are not abandoned', async () => {
  const { lake, storage, keys } = await fixture();
  let broken = false;
  const failing = new Proxy(storage, {
    get: (target, name) => {
      if (broken && (name === 'createIfAbsent' || name === 'read'))
        return () => Promise.reject(new Error('offline'));
      const value = target[name as keyof typeof target];
      return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
    },
  });
  const base = await lake.snapshot();
  const options = { base, runId: 'r1', operation: 'build', tempDir: '/nonexistent', now: fixedNow };
  const run = openRunLake({ lake: new Lake(failing), ...options });
  const written = await run.write(request('a', 'v1'));
  broken = true;
  const version = emptyVersion('a', 'v1', { ...written, schema });
  await expect(run.commit(new Map([['a', version]]), new Map())).rejects.toMatchObject({
    diagnostics: [{ code: 'lake/uncertain' }],
  });
  await run.abandon([{ table: 'a', versionId: 'v1' }]);
  expect(await keys('_etl/data/')).toEqual(['_etl/data/a/v1-r1-0.parquet']);
  expect(await keys('_etl/runs/')).toEqual(['_etl/runs/r1.json']);
});
