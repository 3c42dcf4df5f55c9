import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'imports-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Writes files and returns what the script says, without the folder and the closing count. */
function check(files: Record<string, string>) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const { stdout, status } = spawnSync(process.execPath, ['scripts/check-imports.mjs', root], {
    encoding: 'utf8',
  });
  const breaches = stdout.trim().split('\n').slice(0, -1);
  return { breaches: breaches.map((line) => line.replace(`${root}/`, '')), status };
}

it('lets a folder import lower layers and itself', () => {
  const { breaches, status } = check({
    'util/hash.ts': 'export const hash = 1;',
    'ir/plan.ts': "import type { hash } from '../util/hash.js';\nexport type Plan = typeof hash;",
    'lake/log.ts':
      "import { hash } from '../util/hash.js';\nexport * from './keys.js';\nexport const x = hash;",
    'lake/keys.ts': "export type { Plan } from '../ir/plan.js';",
    'engine/duckdb.ts': "import '@duckdb/node-api';",
  });
  expect(breaches).toEqual([]);
  expect(status).toBe(0);
});

it('finds imports upwards and sideways, of types and in expressions too', () => {
  const { breaches, status } = check({
    'api/build.ts': 'export interface Build {}',
    'engine/duckdb.ts': 'export interface Duckdb {}',
    'lake/log.ts': [
      "import type { Duckdb } from '../engine/duckdb.js';",
      '// import("../api/build.js") in a comment is none',
      "type Build = import('../api/build.js').Build;",
      "export const load = () => import('../api/build.js');",
      "export type { Build, Duckdb };\nimport '@duckdb/node-api';",
    ].join('\n'),
  });
  expect(breaches).toEqual([
    'lake/log.ts:1  lake imports engine/duckdb.ts: engine stands beside it',
    'lake/log.ts:3  lake imports api/build.ts: api stands above it',
    'lake/log.ts:4  lake imports api/build.ts: api stands above it',
    'lake/log.ts:6  lake imports @duckdb/node-api: only engine may',
  ]);
  expect(status).toBe(1);
});

it('names a cycle with its path', () => {
  const { breaches } = check({
    'util/a.ts': "import './b.js';",
    'util/b.ts': "\nimport './c.js';",
    'util/c.ts': "import type {} from './a.js';",
    'util/d.ts': "import './a.js';",
  });
  expect(breaches).toEqual(['util/a.ts:1  cycle: util/a.ts → util/b.ts → util/c.ts → util/a.ts']);
});

it('lets tests import anything, and nothing import tests', () => {
  const { breaches } = check({
    'util/hash.test.ts': "import '../engine/duckdb.js';\nimport '@duckdb/node-api';",
    'engine/duckdb.ts': "import '../util/hash.test.js';",
  });
  expect(breaches).toEqual(['engine/duckdb.ts:1  imports test code, util/hash.test.ts']);
});

it('refuses a folder that nobody gave a layer', () => {
  const { breaches } = check({ 'helpers/x.ts': "import '../util/y.js';", 'util/y.ts': '' });
  expect(breaches).toEqual(['helpers/x.ts:1  helpers is not in the table of layers']);
});
