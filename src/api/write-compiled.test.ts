import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ManifestNode } from '../ir/manifest.js';
import { CompiledFolder } from './write-compiled.js';

let folder: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'compiled-')), 'compiled');
});
afterEach(() => rm(join(folder, '..'), { recursive: true }));

const writeCompiled = (into: string, nodes: readonly ManifestNode[]) =>
  new CompiledFolder(into).finish(nodes);
const node = (path: string, sql?: string) => ({ path, sql }) as ManifestNode;
const files = async () =>
  (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.sql')).sort();

test('writes what changed and removes what is gone', async () => {
  await writeCompiled(folder, [
    node('models/a.sql', ' select 1 '),
    node('models/x/b.ts', 'select 2'),
    node('s.yml'),
  ]);
  expect(await files()).toEqual(['models/a.sql', 'models/x/b.sql']);
  expect(await readFile(join(folder, 'models/a.sql'), 'utf8')).toBe('select 1\n');
  const before = await stat(join(folder, 'models/a.sql'));
  await writeCompiled(folder, [node('models/a.sql', 'select 1'), node('models/c.sql', 'select 3')]);
  expect(await files()).toEqual(['models/a.sql', 'models/c.sql']);
  expect((await stat(join(folder, 'models/a.sql'))).mtimeMs).toBe(before.mtimeMs);
  await writeCompiled(folder, [node('models/a.sql', 'select 11')]);
  expect(await readFile(join(folder, 'models/a.sql'), 'utf8')).toBe('select 11\n');
});

test('starts anew in a folder that it did not finish', async () => {
  await writeCompiled(folder, [node('a.sql', 'select 1')]);
  await rm(join(folder, '.index'));
  await writeFile(join(folder, 'stale.sql'), '');
  await writeCompiled(folder, [node('a.sql', 'select 1')]);
  expect(await files()).toEqual(['a.sql']);
});

test('what is added before is written meanwhile, and goes where it turns out to be none', async () => {
  await writeCompiled(folder, [node('a.sql', 'select 1'), node('b.sql', 'select 2')]);
  const before = await stat(join(folder, 'a.sql'));
  const compiled = new CompiledFolder(folder);
  for (const [path, sql] of [
    ['a.sql', 'select 1'],
    ['c.sql', 'select 3'],
    ['d.sql', 'select 4'],
  ] as const)
    compiled.add({ path, sql, segments: [] });
  while ((await files()).length < 4) await new Promise((resolve) => setImmediate(resolve));
  await compiled.finish([node('a.sql', 'select 1'), node('c.sql', 'select 33'), node('e.sql', 'select 5')]);
  expect(await files()).toEqual(['a.sql', 'c.sql', 'e.sql']);
  expect(await readFile(join(folder, 'c.sql'), 'utf8')).toBe('select 33\n');
  expect((await stat(join(folder, 'a.sql'))).mtimeMs).toBe(before.mtimeMs);
  // The index knows of all of them.
  const inode = async () => (await stat(join(folder, '.index'))).ino;
  const index = await inode();
  await writeCompiled(folder, [
    node('a.sql', 'select 1'),
    node('c.sql', 'select 33'),
    node('e.sql', 'select 5'),
  ]);
  expect(await inode()).toBe(index);
});

test('so many files that a thread writes them are all there, and what it cannot write is said', async () => {
  const many = (sql: string) =>
    Array.from({ length: 600 }, (_, i) => node(`models/${i % 7}/m${i}.sql`, `${sql} ${i}`));
  await writeCompiled(folder, many('select'));
  expect(await files()).toHaveLength(600);
  expect(await readFile(join(folder, 'models/4/m599.sql'), 'utf8')).toBe('select 599\n');
  await rm(join(folder, 'models/4/m599.sql'));
  await mkdir(join(folder, 'models/4/m599.sql'));
  await expect(writeCompiled(folder, many('from'))).rejects.toThrow('EISDIR');
});
