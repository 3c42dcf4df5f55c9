import { spawnSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { expandModels } from '../src/template/expand-models.js';
import { connectionOfTest } from './support/connection.js';
import { folderOfFile } from './support/temporary-folder.js';

const memo = { get: () => undefined, set: () => {} };
const tables = `
  create table stg_orders as select 1 as order_id, 'placed' as status, 5.0 as amount, 500 as amount_cents,
    timestamp '2024-01-01' as updated_at;
  create schema shop;
  create table shop.orders as select 1 as order_id, 'gold' as tier, timestamp '2023-01-01' as valid_from,
    null::timestamp as valid_to;`;

// As `etl check` makes them from those tables.
const types = `
  import 'parquetry';
  declare module 'parquetry' {
    interface Database {
      stg_orders: {
        order_id: number | null; status: string | null; amount: string | null; amount_cents: number | null;
        updated_at: string | null;
      };
      'shop.orders': {
        order_id: number | null; tier: string | null; valid_from: string | null; valid_to: string | null;
      };
    }
    interface Vars { start_date: string }
  }`;

const pages = ['docs/macros.md', 'docs/typescript.md'];
const rootDir = await folderOfFile('macro-docs');
const blocks: { language: string; text: string }[] = [];
const files: { path: string; text: string; hash: string }[] = [];

beforeAll(async () => {
  const page = (await Promise.all(pages.map((file) => readFile(file, 'utf8')))).join('\n');
  for (const [, language, text] of page.matchAll(/^```(\w+)\n(.*?)^```/gms)) {
    blocks.push({ language: language!, text: text! });
    const file = /^\/\/ (\S+\.ts)\n/.exec(text!)?.[1];
    if (file === undefined) continue;
    files.push({ path: file, text: text!, hash: '' });
    await mkdir(path.dirname(path.join(rootDir, file)), { recursive: true });
    await writeFile(path.join(rootDir, file), text!);
  }
});

describe(pages.join(' and '), () => {
  it('has TypeScript that compiles', async () => {
    const repository = process.cwd();
    const config = {
      extends: path.join(repository, 'tsconfig.json'),
      compilerOptions: {
        paths: {
          parquetry: [path.join(repository, 'src/index.ts')],
          'parquetry/testing': [path.join(repository, 'src/testing.ts')],
          vitest: [path.join(repository, 'node_modules/vitest/dist/index.d.ts')],
        },
        allowImportingTsExtensions: true,
        typeRoots: [path.join(repository, 'node_modules/@types')],
      },
      include: ['macros', 'models', 'types.d.ts'],
      exclude: [],
    };
    await writeFile(path.join(rootDir, 'tsconfig.json'), JSON.stringify(config));
    await writeFile(path.join(rootDir, 'types.d.ts'), types);
    await writeFile(path.join(rootDir, 'package.json'), '{"type":"module"}');
    const tsc = path.join(repository, 'node_modules/typescript/bin/tsc');
    const { stdout } = spawnSync(process.execPath, [tsc, '-p', rootDir], { encoding: 'utf8' });
    expect(stdout).toBe('');
  });

  it('names everything that can be imported', async () => {
    const exported = [await import('../src/index.js'), await import('../src/testing.js')].flatMap(
      Object.keys,
    );
    const page = (await Promise.all(pages.map((file) => readFile(file, 'utf8')))).join('\n');
    expect(exported.filter((name) => !new RegExp(`\\b${name}\\b`).test(page))).toEqual([]);
  });

  it('has SQL that runs', async () => {
    const sqlModels = blocks
      .filter(({ language, text }) => language === 'sql' && text.includes('${'))
      .map(({ text }, i) => ({ name: `m${i}`, path: `models/m${i}.sql`, text, bodyOffset: 0 }));
    const tsModels = files
      .filter((file) => file.path.startsWith('models/'))
      .map((file) => ({
        ...file,
        name: path.basename(file.path, '.ts'),
        bodyOffset: 0,
        language: 'ts' as const,
      }));
    expect([sqlModels.length, tsModels.length]).toEqual([13, 3]);

    const expansion = await expandModels([...sqlModels, ...tsModels], {
      rootDir,
      cacheDir: path.join(rootDir, 'cache'),
      memo,
      macros: files.filter((file) => /^macros\/(?!.*\.test\.ts$)/.test(file.path)),
      vars: { start_date: '2024-01-01' },
      target: { name: 'dev' },
      env: {},
    });
    const { connection } = await connectionOfTest();
    await connection.run(tables);
    const described = await connection.rows('describe stg_orders');
    const columns = described.map((row) => ({
      name: String(row.column_name),
      type: String(row.column_type),
    }));
    const later = expansion.pending.map((model) => expansion.retry(model.path, () => ({ columns })));
    expect([...expansion.diagnostics, ...later.flatMap((result) => result.diagnostics)]).toEqual([]);

    for (const { sql, transform } of [...expansion.value, ...later.map((result) => result.model!)]) {
      const isEndless = sql.includes('current_date');
      if (transform) continue;
      const rows = await connection.rows(isEndless ? `from (${sql}) limit 1` : sql);
      expect(rows.length, sql).toBeGreaterThan(0);
    }
  });
});
