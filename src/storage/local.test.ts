import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOfTest } from '../../test/support/temporary-folder.js';
import { openLocalStorage } from './local.js';
import { describeStorage } from './storage-conformance.js';

describeStorage('local', async () => openLocalStorage(join(await folderOfTest('local'), 'lake')));

test('leaves no temporary files, and hides those of others', async () => {
  const dir = await folderOfTest('local');
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
