import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderOfTest } from '../../test/support/temporary-folder.js';
import type { Storage } from '../ports/storage.js';

const bytes = (text: string): Uint8Array => Buffer.from(text);
const text = (found: Uint8Array | undefined): string | undefined =>
  found === undefined ? undefined : Buffer.from(found).toString();

async function keysOf(storage: Storage, prefix: string, startAfter?: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const object of storage.list(prefix, startAfter)) keys.push(object.key);
  return keys;
}

/**
 * What every storage must do. `open` gives an empty storage each time it is called; `manyObjects` are more than
 * it lists in one request.
 */
export function describeStorage(
  name: string,
  open: () => Promise<Storage>,
  { manyObjects = 1005 }: { readonly manyObjects?: number } = {},
): void {
  describe(`storage ${name}`, () => {
    async function localFile(content: string): Promise<string> {
      const dir = await folderOfTest('storage');
      await writeFile(join(dir, 'file'), content);
      return join(dir, 'file');
    }

    test('what was written is read, and replaced as a whole', async () => {
      const storage = await open();
      expect(await storage.read('a/b.json')).toBeUndefined();
      await storage.write('a/b.json', bytes('one'));
      expect(text(await storage.read('a/b.json'))).toBe('one');
      await storage.write('a/b.json', bytes('second'));
      expect(text(await storage.read('a/b.json'))).toBe('second');
      await storage.write('empty', bytes(''));
      expect(text(await storage.read('empty'))).toBe('');
    });

    test('of many concurrent creators exactly one wins, and its bytes stay', async () => {
      const storage = await open();
      const won = await Promise.all(
        Array.from({ length: 20 }, (_, i) => storage.createIfAbsent('commits/1', bytes(`writer ${i}`))),
      );
      expect(won.filter(Boolean)).toHaveLength(1);
      expect(text(await storage.read('commits/1'))).toBe(`writer ${won.indexOf(true)}`);
      expect(await storage.createIfAbsent('commits/1', bytes('late'))).toBe(false);
    });

    test('lists in the order of UTF-8 keys, by prefix and from a key on', async () => {
      const storage = await open();
      const keys = ['a-b', 'a/1', 'a/10', 'a/2', 'a0', 'ab/c/d', 'b/x=%C3%A4/😀', 'b/x=\uffee/y', 'b/x=😀/y'];
      await Promise.all(keys.map((key) => storage.write(key, bytes(key))));
      const sorted = [...keys].sort((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y)));
      expect(await keysOf(storage, '')).toEqual(sorted);
      expect(await keysOf(storage, 'a/')).toEqual(['a/1', 'a/10', 'a/2']);
      expect(await keysOf(storage, 'a/1')).toEqual(['a/1', 'a/10']);
      expect(await keysOf(storage, 'a')).toEqual(sorted.filter((key) => key.startsWith('a')));
      expect(await keysOf(storage, 'a/', 'a/1')).toEqual(['a/10', 'a/2']);
      expect(await keysOf(storage, '', 'a/3')).toEqual(sorted.slice(sorted.indexOf('a0')));
      expect(await keysOf(storage, 'nothing/')).toEqual([]);
      for await (const object of storage.list('ab/')) {
        expect(object.sizeBytes).toBe(6);
        expect(Math.abs(object.modifiedAt.getTime() - Date.now())).toBeLessThan(60_000);
      }
    });

    test('lists more objects than fit one page', async () => {
      const storage = await open();
      const keys = Array.from({ length: manyObjects }, (_, i) => `many/${String(i).padStart(5, '0')}`);
      for (let i = 0; i < keys.length; i += 50) {
        await Promise.all(keys.slice(i, i + 50).map((key) => storage.write(key, bytes('x'))));
      }
      expect(await keysOf(storage, 'many/')).toEqual(keys);
      await storage.delete(keys);
      expect(await keysOf(storage, 'many/')).toEqual([]);
    }, 30_000);

    test('deleting what is not there is no error', async () => {
      const storage = await open();
      await storage.write('here', bytes('x'));
      await storage.delete(['here', 'not/here']);
      await storage.delete([]);
      expect(await storage.read('here')).toBeUndefined();
    });

    test('uploads, copies and materializes files', async () => {
      const storage = await open();
      await storage.upload(await localFile('parquet'), 'data/k=a%2Fb/1.parquet');
      await storage.copy('data/k=a%2Fb/1.parquet', 'published/data.parquet');
      await storage.upload(await localFile('newer'), 'data/2.parquet');
      await storage.copy('data/2.parquet', 'published/data.parquet');
      await storage.copy('data/2.parquet', 'published/data.parquet');
      expect(text(await storage.read('published/data.parquet'))).toBe('newer');
      expect(await readFile(await storage.materialize('data/k=a%2Fb/1.parquet'), 'utf8')).toBe('parquet');
      expect(await keysOf(storage, '')).toHaveLength(3);
      await expect(storage.materialize('data/none.parquet')).rejects.toThrow();
      await expect(storage.copy('data/none.parquet', 'x')).rejects.toThrow();
    });

    test('no key leaves the lake', async () => {
      const storage = await open();
      for (const key of ['../x', 'a/../../x', '/etc/passwd', 'a//b', './a', 'a/', '', 'a\\..\\b', 'a\0']) {
        await expect(storage.write(key, bytes('x')), key).rejects.toThrow(RangeError);
        await expect(storage.read(key), key).rejects.toThrow(RangeError);
      }
    });
  });
}
