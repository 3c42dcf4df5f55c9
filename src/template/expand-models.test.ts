import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { memoryMemo } from '../../test/support/memory-memo.js';
import { printableSql } from '../ir/printable-sql.js';
import { money, useTemplates } from './expand-fixture.js';
import { expandModels } from './expand-models.js';

const { expand, sqlOf, rootDir } = useTemplates();

describe('expandModels', () => {
  test('macros whatever the tsconfig.json of the project says', async () => {
    for (const tsconfig of ['{', '{ "compilerOptions": { "paths": { "parquetry": ["./other.ts"] } } }']) {
      const files = { 'macros/money.ts': money, 'tsconfig.json': tsconfig };
      expect(await sqlOf("select ${centsToDollars('x')}", files)).toContain('/ 100');
    }
  });

  test('leaves a model without expressions as it is, front matter aside', async () => {
    const text = "/* model */\nselect '$1', $$ ${x} $$, a->>'$.b', `c`";
    const { value } = await expandModels([{ name: 'm', path: 'models/m.sql', text, bodyOffset: 12 }], {
      rootDir: rootDir(),
      cacheDir: rootDir(),
      memo: memoryMemo(),
      macros: [],
      vars: {},
      target: { name: 'd' },
      env: {},
    });
    expect(value).toEqual([
      {
        name: 'm',
        path: 'models/m.sql',
        sql: text.slice(12),
        refs: [],
        segments: [{ kind: 'text', outStart: 0, outEnd: 39, sourceStart: 12, sourceEnd: 51 }],
      },
    ]);
  });

  test('splices macros, relations and values', async () => {
    const { value, diagnostics } = await expand(
      {
        'macros/money.ts': money,
        'models/orders.sql': [
          "select ${centsToDollars('o.amount')} as amount, ${vars.start_date} as d, ${env.REGION} as r,",
          '  ${target.name} as t, ${1 + 1} as n',
          "from ${ref('stg_orders')} as o join ${source('shop', 'items')} i using (id)",
          '${when(incremental, sql`where o.id > (select max(id) from ${self})`)}',
        ].join('\n'),
      },
      { isIncremental: () => true },
    );
    expect(diagnostics).toEqual([]);
    expect(value[0]!.sql).toBe(
      [
        'select ("o"."amount" / 100)::DECIMAL(18, 2) as amount, \'2024-01-01\' as d, \'eu-west\' as r,',
        "  'dev' as t, 2 as n",
        'from "stg_orders" as o join "shop"."items" i using (id)',
        'where o.id > (select max(id) from "orders")',
      ].join('\n'),
    );
    expect(value[0]!.refs).toEqual(['stg_orders', 'shop.items']);
  });

  test('covers the SQL with segments', async () => {
    const text = "select ${1} + ${'a'}${when(false, 1)}\n";
    const { value } = await expand({ 'models/m.sql': text });
    const { sql, segments } = value[0]!;
    expect(
      segments.map((s) => [s.kind, sql.slice(s.outStart, s.outEnd), text.slice(s.sourceStart, s.sourceEnd)]),
    ).toEqual([
      ['text', 'select ', 'select '],
      ['expression', '1', '${1}'],
      ['text', ' + ', ' + '],
      ['expression', "'a'", "${'a'}"],
      ['text', '', ''],
      ['expression', '', '${when(false, 1)}'],
      ['text', '\n', '\n'],
    ]);
  });

  test('marks where values of the environment stand', async () => {
    const { value } = await expand({ 'models/m.sql': "select ${'region '} || ${env.TOKEN} || 'x'" });
    expect(value[0]!.sql).toBe("select 'region ' || 'hunter2-secret' || 'x'");
    expect(printableSql(value[0]!)).toBe("select 'region ' || '**************' || 'x'");
  });

  test('marks them in models written in TypeScript too', async () => {
    const { value } = await expand({
      'models/m.ts':
        "import { env, sql } from 'parquetry';\nexport default () => sql`select ${env.TOKEN} as t`;\n",
    });
    expect(printableSql(value[0]!)).toBe("select '**************' as t");
  });

  test('takes TypeScript that is no JavaScript', async () => {
    const macros = { 'macros/m.ts': 'export function pick<T>(value: T): T { return value; }' };
    expect(await sqlOf("select ${pick<string>('x' as string)}, ${(vars.limit as number)! + 1}", macros)).toBe(
      "select 'x', 6",
    );
    expect(await sqlOf('select ${2 < 3}, ${((n: number) => n)(7)}')).toBe('select true, 7');
  });

  test('binds values that macro files import to the model being expanded', async () => {
    const macros = {
      'macros/a.ts': `import { incremental, ref, self, sql, vars } from 'parquetry';
        const orders = ref('orders');
        export const state = () => sql\`\${incremental} \${self} \${vars.limit} \${orders}\`;`,
    };
    const files = { ...macros, 'models/a.sql': '${state()}', 'models/b.sql': '${state()}' };
    const { value } = await expand(files, { isIncremental: (name) => name === 'b' });
    expect(value.map((m) => [m.sql, m.refs])).toEqual([
      ['false "a" 5 "orders"', ['orders']],
      ['true "b" 5 "orders"', ['orders']],
    ]);
  });

  test('lets macro files import each other, other files, Node and the packages of the project', async () => {
    await mkdir(join(rootDir(), 'node_modules/dep'), { recursive: true });
    await writeFile(join(rootDir(), 'node_modules/dep/package.json'), '{"name":"dep","main":"index.js"}');
    await writeFile(join(rootDir(), 'node_modules/dep/index.js'), 'exports.five = 5;');
    const files = {
      'lib/names.ts': 'export const prefix: string = "p_";',
      'macros/a.ts': `import { five } from 'dep';
        import { basename } from 'node:path';
        import { prefix } from '../lib/names.js';
        import { double } from './b.js';
        export const all = () => [prefix, double(five), basename('x/y')];`,
      'macros/b.ts': 'export const double = (n: number) => n * 2;\nexport * from "./a.js";',
    };
    expect(await sqlOf('select 1 in ${all()}', files)).toBe("select 1 in ('p_', 10, 'y')");
  });

  test('tells each file its own place, so that it can read what lies beside it', async () => {
    const files = {
      'lib/rate.txt': '7',
      'lib/rate.ts': `import { readFileSync } from 'node:fs';
        export const rate = () => Number(readFileSync(new URL('rate.txt', import.meta.url), 'utf8'));
        export const folder = import.meta.dirname;`,
      'macros/a.ts': `import { basename } from 'node:path';
        export { rate, folder } from '../lib/rate.ts';
        const at = basename(import.meta.filename);
        export const here = () => [at, 'import.meta.url', basename(import.meta.url)];
        export const fails = () => { throw new Error(import.meta.url.slice(0, 5)) };`,
    };
    expect(await sqlOf('${rate()} ${here()} ${folder}', files)).toBe(
      `7 ('a.ts', 'import.meta.url', 'a.ts') '${join(rootDir(), 'lib')}'`,
    );
    expect((await expand({ ...files, 'models/m.sql': '${fails()}' })).diagnostics).toMatchObject([
      { message: 'file:', notes: [{ span: { file: 'macros/a.ts', start: { line: 5, column: 44 } } }] },
    ]);
  });

  test('lends macro files its own Kysely', async () => {
    const macros = {
      'macros/a.ts': "import { sql } from 'kysely';\nexport const id = (x: string) => sql.id(x);",
    };
    expect(await sqlOf("${id('a')}", macros)).toBe('"a"');
  });

  test('lets a project have its own macro in place of one of the standard library', async () => {
    expect(await sqlOf('${star()}', { 'macros/a.ts': 'export const star = () => 1;' })).toBe('1');
  });

  test('starts no bundler when nothing changed, and notices every change', async () => {
    const files = {
      'lib/n.ts': 'export const n = 1;',
      'macros/a.ts': "import { n } from '../lib/n.js';\nexport const one = () => n;",
    };
    const bundles = async () => (await readdir(join(rootDir(), '.etl/cache/macros'))).length;
    expect(await sqlOf('${one()}', files)).toBe('1');
    expect(await sqlOf('${one()} ', files)).toBe('1 ');
    expect(await bundles()).toBe(2);
    expect(await sqlOf('${one()}', { ...files, 'lib/n.ts': 'export const n = 2;' })).toBe('2');
    expect(await sqlOf('${one()}', { ...files, 'macros/a.ts': 'export const one = () => 3;' })).toBe('3');
    expect(await bundles()).toBe(6);
  });
});
