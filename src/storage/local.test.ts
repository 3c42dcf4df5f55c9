import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openLocalStorage } from './local.js';
import { describeStorage } from './storage-conformance.js';

const dirs: string[] = [];
afterAll(() => Promise.all(dirs.map((dir) => rm(dir, { recursive: true, force: true }))));

async function tempDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'local-'));
  dirs.push(dir);
  return dir;
}

describeStorage('local', async () => openLocalStorage(join(await tempDir(), 'lake')));

test('leaves no temporary files, and hides those of others', async () => {
  const dir = await tempDir();
  const storage = openLocalStorage(dir);
  await storage.write('a', Buffer.from('1'));
  await storage.createIfAbsent('b', Buffer.from('1'));
  await storage.createIfAbsent('b', Buffer.from('2'));
  await storage.copy('a', 'b');
  await storage.copy('a', 'b');
  expect(await readdir(join(dir, '_etl/tmp'))).toEqual([]);
  await storage.write('_etl/tmp/other', Buffer.from('x'));
  const keys = async (prefix: string) => {
    const found: string[] = [];
    for await (const object of storage.list(prefix)) found.push(object.key);
    return found;
  };
  expect(await keys('')).toEqual(['a', 'b']);
  expect(await keys('_etl/tmp/')).toEqual(['_etl/tmp/other']);
});
