import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { memoryMemo } from '../../test/support/memory-memo.js';
import { checkModules } from './check-modules.js';
import { openTypeChecker, type TsDiagnostic, type TypeChecker } from './type-checker.js';

let rootDir: string;
let checker: TypeChecker;
beforeAll(async () => {
  rootDir = await fs.mkdtemp(path.join(os.tmpdir(), 'checker-'));
  const api = path.join(rootDir, 'node_modules/parquetry');
  await fs.mkdir(api, { recursive: true });
  await fs.writeFile(
    path.join(api, 'package.json'),
    '{"name": "parquetry", "type": "module", "types": "index.d.ts"}',
  );
  await fs.writeFile(
    path.join(api, 'index.d.ts'),
    `export interface Database {}
     export interface Vars {}
     export type Name = Extract<keyof Database, string>;
     export interface Relation<Row> { readonly row: Row }
     export interface Fragment { readonly fragment: true }
     export declare function ref<N extends Name>(name: N): Relation<Database[N]>;
     export declare const vars: Vars;`,
  );
  checker = openTypeChecker({ rootDir });
});
afterAll(async () => {
  checker.close();
  await fs.rm(rootDir, { recursive: true });
});

const types = `import 'parquetry';
declare module 'parquetry' {
  interface Database { stg_orders: { order_id: bigint; status: string | null } }
  interface Vars { start_date: string }
}`;
const macros = `import type { Fragment, Relation } from 'parquetry';
export declare function dedupe<Row>(relation: Relation<Row>, options: { key: keyof Row & string; limit?: number }): Fragment;
export const notSql = () => 1;`;
const project = (modules: Readonly<Record<string, string>>) =>
  new Map(Object.entries({ '.etl/types/database.d.ts': types, 'macros/all.ts': macros, ...modules }));
const scope = `import { ref, vars, type Fragment } from 'parquetry';\nimport { dedupe, notSql } from '../macros/all.ts';\n`;
/** A model's expressions in a virtual module. */
const model = (expression: string) =>
  `${scope}// é😀\nexport const parts: readonly (Fragment | string)[] = [${expression}];\n`;

/** `file: marked text — message`, first line of each. */
function summary(modules: ReadonlyMap<string, string>, diagnostics: readonly TsDiagnostic[]) {
  return diagnostics.map(({ file = '', start, end, message }) => {
    const marked = modules.get(file)?.slice(start, end);
    return `${file}: ${marked} — ${message.split('\n')[0]}`;
  });
}

describe('what people get wrong', () => {
  test('is reported in one run, at its place, behind non-ASCII text too', () => {
    const modules = project({
      'models/good.sql.ts': model(`'😀', dedupe(ref('stg_orders'), { key: 'status' })`),
      'models/ref.sql.ts': model(`'😀', dedupe(ref('stg_ordrs'), { key: 'status' })`),
      'models/column.sql.ts': model(`dedupe(ref('stg_orders'), { key: 'statsu' })`),
      'models/type.sql.ts': model(`dedupe(ref('stg_orders'), { key: 'status', limit: 'ten' })`),
      'models/missing.sql.ts': model(`dedupe(ref('stg_orders'))`),
      'models/vars.sql.ts': model(`vars.start_dat`),
      'models/value.sql.ts': model(`notSql()`),
      'models/unused.sql.ts': model(`\n// @ts-expect-error\n'fine'`),
      'models/syntax.sql.ts': model(`dedupe(`),
    });
    expect(summary(modules, checker.check(modules)).sort()).toMatchInlineSnapshot(`
      [
        "models/column.sql.ts: key — Type '"statsu"' is not assignable to type '"order_id" | "status"'. Did you mean '"status"'?",
        "models/missing.sql.ts: dedupe — Expected 2 arguments, but got 1.",
        "models/ref.sql.ts: 'stg_ordrs' — Argument of type '"stg_ordrs"' is not assignable to parameter of type '"stg_orders"'.",
        "models/syntax.sql.ts: ] — Argument expression expected.",
        "models/type.sql.ts: limit — Type 'string' is not assignable to type 'number'.",
        "models/unused.sql.ts: // @ts-expect-error — Unused '@ts-expect-error' directive.",
        "models/value.sql.ts: notSql() — Type 'number' is not assignable to type 'string | Fragment'.",
        "models/vars.sql.ts: start_dat — Property 'start_dat' does not exist on type 'Vars'. Did you mean 'start_date'?",
      ]
    `);
  });

  test('a chain of reasons is kept, and related places', () => {
    const modules = project({
      'models/m.sql.ts': model(`dedupe(ref('stg_orders'), { key: 'status', limit: 'ten' })`),
    });
    expect(checker.check(modules)).toEqual([
      {
        file: 'models/m.sql.ts',
        start: modules.get('models/m.sql.ts')!.indexOf("limit: 'ten'"),
        end: modules.get('models/m.sql.ts')!.indexOf(": 'ten'"),
        code: 2322,
        message: "Type 'string' is not assignable to type 'number'.",
        related: [expect.objectContaining({ file: 'macros/all.ts', code: 6500 })],
      },
    ]);
  });
});

test('only what changed is looked at again: a module, the types, a new and a removed module', () => {
  const [right, wrong] = [model(`ref('stg_orders') && 'x'`), model(`ref('other') && 'x'`)];
  const check = (modules: Readonly<Record<string, string>>) =>
    checker.check(project(modules)).map(({ file, code }) => `${file} ${code}`);
  expect(check({ 'models/a.sql.ts': right })).toEqual([]);
  expect(check({ 'models/a.sql.ts': wrong })).toEqual(['models/a.sql.ts 2345']);
  const more = types.replace('interface Database {', 'interface Database { other: { id: bigint };');
  expect(check({ 'models/a.sql.ts': wrong, '.etl/types/database.d.ts': more })).toEqual([]);
  expect(check({ 'models/a.sql.ts': right, 'models/b.sql.ts': wrong })).toEqual(['models/b.sql.ts 2345']);
  expect(check({ 'models/a.sql.ts': right })).toEqual([]);
});

test('what is on disk is read, and read again once it is said to have changed', async () => {
  const modules = new Map([
    ['models/a.sql.ts', `import { n } from '../disk.ts';\nexport const text: string = n;\n`],
  ]);
  await fs.writeFile(path.join(rootDir, 'disk.ts'), 'export const n = 1;\n');
  expect(checker.check(modules).map(({ code }) => code)).toEqual([2322]);
  await fs.writeFile(path.join(rootDir, 'disk.ts'), `export const n = 'text';\n`);
  checker.invalidate();
  expect(checker.check(modules)).toEqual([]);
});

test('a change of one module is as good as a check of all from the beginning', async () => {
  const texts = [
    `dedupe(ref('stg_orders'), { key: 'status' })`,
    `dedupe(ref('nope'), { key: 'x' })`,
    'vars.nope',
    'dedupe(',
  ]
    .map(model)
    .concat(
      `import { parts } from './m0.sql.ts';\nexport const n: number = parts;\n`,
      `export const parts: number = 'text';\n`,
    );
  const random = fc.sample(
    fc.array(
      fc.tuple(fc.integer({ min: 0, max: 3 }), fc.option(fc.constantFrom(...texts), { nil: undefined })),
      {
        minLength: 1,
        maxLength: 3,
      },
    ),
    { numRuns: 25, seed: 3 },
  );
  const sorted = (diagnostics: readonly TsDiagnostic[]) =>
    diagnostics.map((one) => JSON.stringify(one)).sort();
  const modules: Record<string, string> = {};
  const memo = memoryMemo();
  for (const edits of random) {
    for (const [i, text] of edits) {
      if (text === undefined) delete modules[`models/m${i}.sql.ts`];
      else modules[`models/m${i}.sql.ts`] = text;
    }
    const files = project(modules);
    const afresh = sorted(await checkModules({ check: checkOnce(), files, environment: '' }));
    expect(sorted(checker.check(files))).toEqual(afresh);
    expect(sorted(await checkModules({ check: checkOnce(), files, environment: '', memo }))).toEqual(afresh);
  }
});

/** Checks in a TypeScript of its own. */
function checkOnce(paths: Readonly<Record<string, string>> = {}) {
  return async (modules: ReadonlyMap<string, string>) => {
    const once = openTypeChecker({ rootDir, paths });
    try {
      return once.check(modules);
    } finally {
      once.close();
    }
  };
}

test('what was checked before is remembered, module by module', async () => {
  const memo = memoryMemo();
  const modules = { 'models/a.sql.ts': model(`vars.nope`), 'models/b.sql.ts': model(`vars.nope`) };
  const check = (files: ReadonlyMap<string, string>, environment = '1') =>
    checkModules({ check: checkOnce(), files, environment, memo }).then((found) =>
      found.map(({ file }) => file),
    );
  expect(await check(project(modules))).toEqual(['models/a.sql.ts', 'models/b.sql.ts']);
  expect(memo.entries.size).toBe(3);
  expect(await check(new Map([...project(modules)].reverse()))).toEqual([
    'models/b.sql.ts',
    'models/a.sql.ts',
  ]);
  expect(memo.entries.size).toBe(3);
  expect(await check(project({ ...modules, 'models/a.sql.ts': model(`''`) }))).toEqual(['models/b.sql.ts']);
  expect(memo.entries.size).toBe(4);
  await check(project(modules), '2');
  expect(memo.entries.size).toBe(7);
});

test('packages that the project has not installed are found where they are', async () => {
  const elsewhere = path.join(rootDir, 'elsewhere.d.ts');
  await fs.writeFile(elsewhere, 'export declare const answer: 42;\n');
  const files = new Map([['m.ts', `import { answer } from 'far-away';\nexport const n: 42 = answer;\n`]]);
  const codes = async (paths: Record<string, string>) =>
    (await checkModules({ check: checkOnce(paths), files, environment: '' })).map(({ code }) => code);
  expect(await codes({})).toEqual([2307]);
  expect(await codes({ 'far-away': elsewhere })).toEqual([]);
});
