import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOfTest } from '../../test/support/temporary-folder.js';
import { CachedModules, runtimeKey } from './cached-modules.js';

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await folderOfTest('modules');
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

/** What the module `first.cjs` of a test exports. */
interface First {
  readonly second: { readonly first: First; readonly file: string; readonly folder: string };
  readonly url: string;
  readonly path: { readonly join: unknown };
  later(): Promise<{ readonly second: unknown }>;
  imported(): Promise<{ readonly EOL: string }>;
}

/** Where code is kept. */
function kept(folder: string): readonly string[] {
  const cache = join(folder, 'code-cache');
  return existsSync(cache) ? readdirSync(join(cache, readdirSync(cache)[0]!)).sort() : [];
}

test('modules load each other once, Node’s own and packages, at once or later', async () => {
  const folder = await folderWith({
    'first.cjs': `exports.count = 0; exports.second = require('./second.cjs');
      exports.later = () => __lazy('./third.cjs'); exports.url = __url;
      exports.path = require('node:path'); exports.imported = () => __import('node:os');`,
    'second.cjs': `exports.first = require('./first.cjs'); exports.file = __filename; exports.folder = __dirname;`,
    'third.cjs': `module.exports = { second: require('./second.cjs') };`,
  });
  const modules = new CachedModules(folder, runtimeKey());
  const first = modules.load('first.cjs') as First;
  expect(modules.load('first.cjs')).toBe(first);
  expect(first.second.first).toBe(first);
  expect((await first.later()).second).toBe(first.second);
  expect(first.path.join).toBe(join);
  expect((await first.imported()).EOL).toBeDefined();
  expect([first.second.file, first.second.folder]).toEqual([join(folder, 'second.cjs'), folder]);
  expect(first.url).toMatch(/^file:.*first\.cjs$/);
});

test('the second run of a command keeps code, which the next one runs', async () => {
  const folder = await folderWith({
    'a.cjs': `const twice = (x) => { return 2 * x; }; exports.value = twice(21);`,
  });
  const run = (command: string) => {
    const modules = new CachedModules(folder, runtimeKey());
    expect(modules.load('a.cjs')).toEqual({ value: 42 });
    modules.keep(command);
    return kept(folder);
  };
  expect(run('build')).toEqual(['build.once']);
  expect(run('build')).toEqual(['a.cjs', 'build.once', 'build.twice']);
  const path = join(folder, 'code-cache', readdirSync(join(folder, 'code-cache'))[0]!, 'a.cjs');
  const code = readFileSync(path);
  expect(run('build')).toHaveLength(3);
  expect(readFileSync(path)).toEqual(code);
  // What a person types is no name of a file.
  expect(run('../x')).toContain('other.once');
  // V8 would run into anything of the right length.
  for (const damage of [Buffer.from('damaged'), Buffer.from(code).fill(0, 200), code.subarray(0, 100)]) {
    writeFileSync(path, damage);
    expect(run('check')).toContain('check.once');
  }
});

test('where nothing is to be kept, nothing is', async () => {
  const folder = await folderWith({ 'a.cjs': 'exports.a = 1;' });
  for (let i = 0; i < 3; i++) {
    const modules = new CachedModules(folder, undefined);
    expect(modules.load('a.cjs')).toEqual({ a: 1 });
    modules.keep('build');
  }
  expect(kept(folder)).toEqual([]);
});

test('another program has its own', async () => {
  const folder = await folderWith({ 'a.cjs': 'exports.a = 1;' });
  for (const runtime of ['one', 'other', 'other']) {
    const modules = new CachedModules(folder, runtime);
    modules.load('a.cjs');
    modules.keep('build');
  }
  const cache = join(folder, 'code-cache');
  expect(readdirSync(join(cache, 'one'))).toEqual(['build.once']);
  expect(readdirSync(join(cache, 'other'))).toContain('a.cjs');
});

test('a folder that may only be read keeps nothing', async () => {
  const folder = await folderWith({ 'a.cjs': 'exports.a = 1;', 'code-cache': 'a file' });
  for (let i = 0; i < 3; i++) {
    const modules = new CachedModules(folder, runtimeKey());
    expect(modules.load('a.cjs')).toEqual({ a: 1 });
    modules.keep('build');
  }
  expect(readFileSync(join(folder, 'code-cache'), 'utf8')).toBe('a file');
});
