import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Fault, startFaultProxy } from '../../test/support/fault-proxy.js';
import { type LocalR2, startLocalR2 } from '../../test/support/local-r2.js';
import { folderOfFile } from '../../test/support/temporary-folder.js';
import type { Storage } from '../ports/storage.js';
import { openStorage } from './registry.js';
import { describeStorage } from './storage-conformance.js';

let r2: LocalR2;
let count = 0;
beforeAll(async () => {
  r2 = await startLocalR2();
});
afterAll(() => r2.stop());
const dir = await folderOfFile('s3');

const open = (endpoint?: string): Promise<Storage> =>
  openStorage(r2.target(`lake-${++count}`, endpoint), {
    cacheDir: join(dir, `cache-${count}`),
    listPage: 20,
  });

// Small pages, so that a few objects are several of them.
describeStorage('s3', () => open(), { manyObjects: 65 });
test('a lake may be a whole bucket', async () => {
  const storage = await openStorage(
    { ...r2.target(''), lake: 's3://lake/' },
    { cacheDir: join(dir, 'root') },
  );
  await storage.write('_etl/a b', Buffer.from('1'));
  await storage.copy('_etl/a b', 'published/k=%32024/data.parquet');
  const keys: string[] = [];
  for await (const { key } of storage.list('')) keys.push(key);
  expect(keys.filter((key) => !key.startsWith('lake-'))).toEqual([
    '_etl/a b',
    'published/k=%32024/data.parquet',
  ]);
  expect(storage.url).toBe('s3://lake');
});

/** Runs with a proxy in front of the store that spoils what `decide` says. */
async function withFaults<T>(
  decide: (method: string, path: string) => Fault | undefined,
  action: (storage: Storage) => Promise<T>,
): Promise<T> {
  const proxy = await startFaultProxy(r2.endpoint, decide);
  try {
    return await action(await open(proxy.endpoint));
  } finally {
    await proxy.stop();
  }
}

/** The first requests go wrong in these ways, one each. */
function first(...faults: Fault[]): () => Fault | undefined {
  return () => faults.shift();
}

const text = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString();

describe('s3 under faults', () => {
  const passing: Fault[] = [
    { kind: 'status', status: 409 },
    { kind: 'status', status: 429 },
    { kind: 'status', status: 500 },
    { kind: 'status', status: 503 },
    { kind: 'reset' },
  ];

  test.each(passing)('passes over $kind $status', async (fault) => {
    await withFaults(first(fault, fault), async (storage) => {
      await storage.write('a', Buffer.from('one'));
      expect(text(await storage.read('a'))).toBe('one');
      expect(storage.requestCounts?.()).toEqual({ PutObject: 3, GetObject: 1 });
    });
  });

  test('waits as long as the server says', async () => {
    await withFaults(first({ kind: 'status', status: 503, retryAfterSeconds: 2 }), async (storage) => {
      const started = performance.now();
      await storage.write('a', Buffer.from('one'));
      expect(performance.now() - started).toBeGreaterThan(900);
    });
  });

  test('reads again what was cut in the middle', async () => {
    const bytes = Buffer.alloc(3_000_000, 'x');
    const spoil = { kind: 'cut-body' } as const;
    let cuts = 2;
    const decide = (method: string) => (method === 'GET' && cuts-- > 0 ? spoil : undefined);
    await withFaults(decide, async (storage) => {
      await storage.write('_etl/data/a', bytes);
      expect(await storage.read('_etl/data/a')).toHaveLength(bytes.length);
      cuts = 2;
      expect((await readFile(await storage.materialize('_etl/data/a'))).equals(bytes)).toBe(true);
    });
  });

  test('a lost response of a create is a false or a true, and never two winners', async () => {
    await withFaults(first({ kind: 'lost-response' }), async (storage) => {
      expect(await storage.createIfAbsent('a', Buffer.from('mine'))).toBe(false);
      expect(text(await storage.read('a'))).toBe('mine');
    });
  });

  test('an upload whose last answer is lost is complete all the same', async () => {
    const path = join(dir, 'in-parts');
    await writeFile(path, Buffer.alloc(9 * 1024 * 1024, 'x'));
    let lost = 1;
    const decide = (method: string, url: string): Fault | undefined =>
      method === 'POST' && url.includes('uploadId=') && lost-- > 0 ? { kind: 'lost-response' } : undefined;
    await withFaults(decide, async (storage) => {
      await storage.upload(path, 'published/data.parquet');
      expect(await storage.read('published/data.parquet')).toHaveLength(9 * 1024 * 1024);
      expect(lost).toBe(-1);
    });
  });

  test('a write that may give up early does', async () => {
    await withFaults(
      () => ({ kind: 'status', status: 429 }),
      async (storage) => {
        const started = performance.now();
        await expect(storage.write('a', Buffer.from('x'), AbortSignal.timeout(300))).rejects.toThrow();
        expect(performance.now() - started).toBeLessThan(1500);
      },
    );
  });

  test('gives up on what stays broken, and says what happened', async () => {
    const broken = { kind: 'status', status: 403 } as const;
    await withFaults(
      () => broken,
      async (storage) => {
        await expect(storage.write('a', Buffer.from('x'))).rejects.toMatchObject({
          diagnostics: [{ code: 'lake/unreachable', message: expect.stringContaining('(HTTP 403)') }],
        });
        expect(storage.requestCounts?.()).toEqual({ PutObject: 1 });
      },
    );
  });
});

test('a wrong endpoint, secret or bucket is said in a moment, with what to change', async () => {
  const wrong = async (change: Record<string, string>, lake?: string) => {
    const target = r2.target('x');
    const storage = await openStorage({
      ...target,
      lake: lake ?? target.lake,
      s3: { ...target.s3, ...change },
    });
    return storage.read('a');
  };
  await expect(wrong({ endpoint: 'http://127.0.0.1:9' })).rejects.toMatchObject({
    diagnostics: [{ code: 'lake/unreachable', hint: 'check endpoint under "s3:" in etl.yml' }],
  });
  await expect(wrong({ secret_access_key: 'wrong' })).rejects.toMatchObject({
    diagnostics: [{ code: 'lake/unreachable', hint: expect.stringContaining('check secret_access_key') }],
  });
  await expect(wrong({}, 's3://nowhere/x')).rejects.toMatchObject({
    diagnostics: [{ code: 'lake/unreachable' }],
  });
  await expect(wrong({}, 's3:///x')).rejects.toMatchObject({
    diagnostics: [{ code: 'project/invalid-value' }],
  });
  await expect(wrong({}, 'gs://x')).rejects.toThrow(
    'A lake cannot be at gs://; known are a folder and s3://.',
  );
});

test('large files go and come in parts of equal size; what was uploaded is not downloaded', async () => {
  const storage = await open();
  const bytes = Buffer.alloc(18 * 1024 * 1024 + 17);
  for (let i = 0; i < bytes.length; i += 4096) bytes.writeUInt32LE(i, i > bytes.length - 4 ? 0 : i);
  const path = join(dir, 'large');
  await writeFile(path, bytes);
  await storage.upload(path, '_etl/data/large.parquet');
  expect(storage.requestCounts?.()).toEqual({
    CreateMultipartUpload: 1,
    UploadPart: 3,
    CompleteMultipartUpload: 1,
  });
  expect((await readFile(await storage.materialize('_etl/data/large.parquet'))).equals(bytes)).toBe(true);
  expect(storage.requestCounts?.().GetObject).toBeUndefined();

  const elsewhere = await openStorage(r2.target(`lake-${count}`), { cacheDir: join(dir, 'another-machine') });
  expect((await readFile(await elsewhere.materialize('_etl/data/large.parquet'))).equals(bytes)).toBe(true);
  expect(elsewhere.requestCounts?.()).toEqual({ GetObject: 3 });
});

test('objects that change are looked at again; those that never change come from the cache', async () => {
  const storage = await open();
  await storage.write('published/data.parquet', Buffer.from('one'));
  expect(await readFile(await storage.materialize('published/data.parquet'), 'utf8')).toBe('one');
  await storage.write('published/data.parquet', Buffer.from('two'));
  expect(await readFile(await storage.materialize('published/data.parquet'), 'utf8')).toBe('two');
  await storage.write('_etl/tables/t/v1.json', Buffer.from('{}'));
  const paths = await Promise.all(
    Array.from({ length: 5 }, () => storage.materialize('_etl/tables/t/v1.json')),
  );
  expect(new Set(paths).size).toBe(1);
  await storage.write('_etl/data/empty', Buffer.from(''));
  expect(await readFile(await storage.materialize('_etl/data/empty'), 'utf8')).toBe('');
  expect(storage.requestCounts?.()).toEqual({ PutObject: 4, HeadObject: 2, GetObject: 4 });
  expect((await readdir(join(dir, `cache-${count}`))).filter((name) => name.endsWith('.part'))).toEqual([]);
});
