import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parse } from 'yaml';
import { init } from './init.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'etl-init-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('writes a project into a new folder', async () => {
  const dir = join(folder, 'Mein Laden!');
  const { files, notes } = await init({ dir, name: 'Mein Laden!' });
  expect(notes).toEqual([]);
  expect(files).toContain('models/staging/stg_orders.sql');
  expect(await readFile(join(dir, 'etl.yml'), 'utf8')).toMatch(/^name: mein-laden$/m);
  expect(JSON.parse(await readFile(join(dir, 'package.json'), 'utf8'))).toMatchObject({
    name: 'mein-laden',
    devDependencies: { parquetry: expect.stringMatching(/^\^\d/) },
  });
  expect(await readFile(join(dir, 'models/staging/stg_orders.sql'), 'utf8')).toContain(
    "  ${centsToAmount('amount_cents')} as amount,\n",
  );
});

it('keeps what a folder has, and does not overwrite a project', async () => {
  await writeFile(join(folder, 'package.json'), '{}');
  await writeFile(join(folder, '.gitignore'), 'node_modules/\n.etl/\n');
  await writeFile(join(folder, 'tsconfig.json'), '{}');
  const { files, notes } = await init({ dir: folder, name: 'x' });
  expect(files).not.toContain('package.json');
  expect(notes).toEqual([
    'package.json is yours: run npm install --save-dev parquetry',
    'tsconfig.json is yours: extend ./.etl/types/tsconfig.json for the types of the tables',
  ]);
  expect(await readFile(join(folder, 'package.json'), 'utf8')).toBe('{}');
  await writeFile(join(folder, 'etl.yml'), 'name: mine\n');
  await expect(init({ dir: folder, name: 'x' })).rejects.toMatchObject({
    diagnostics: [
      {
        code: 'init/not-empty',
        message: expect.stringContaining('a project already: etl.yml, sources.yml, '),
      },
    ],
  });
  expect(await readFile(join(folder, 'etl.yml'), 'utf8')).toBe('name: mine\n');
});

it.each(['2024', '1e5', 'null', 'True'])('takes %s for a text', async (name) => {
  await init({ dir: folder, name });
  const { name: read } = parse(await readFile(join(folder, 'etl.yml'), 'utf8')) as { name: unknown };
  expect(read).toBe(name.toLowerCase());
});
