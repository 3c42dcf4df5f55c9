import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ManifestNode } from '../ir/manifest.js';
import { writeCompiled } from './write-compiled.js';

let folder: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'compiled-')), 'compiled');
});
afterEach(() => rm(join(folder, '..'), { recursive: true }));

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
