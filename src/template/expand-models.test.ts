import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { printableSql } from '../ir/printable-sql.js';
import type { Memo } from '../ports/memo.js';
import { hash } from '../util/hash.js';
import { expandModels } from './expand-models.js';
import type { ExpandOptions, ModelTemplate } from './expand-options.js';

let rootDir: string;
const remembered = new Map<string, unknown>();
const memo: Memo = {
  get: <T>(kind: string, key: string) => remembered.get(`${kind}:${key}`) as T | undefined,
  set: (kind, key, value) => void remembered.set(`${kind}:${key}`, structuredClone(value)),
};

beforeEach(async () => {
  rootDir = await mkdtemp(path.join(os.tmpdir(), 'template é-'));
});
afterEach(() => rm(rootDir, { recursive: true, force: true }));

interface Files {
  readonly [path: string]: string;
}

async function expand(files: Files, options: Partial<ExpandOptions> = {}) {
  for (const [file, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(rootDir, file)), { recursive: true });
    await writeFile(path.join(rootDir, file), text);
  }
  const models: ModelTemplate[] = [];
  const macros: ExpandOptions['macros'][number][] = [];
  for (const [file, text] of Object.entries(files)) {
    const name = path.parse(file).name;
    const language = file.endsWith('.ts') ? 'ts' : 'sql';
    if (file.startsWith('macros/')) macros.push({ path: file, text, hash: hash(text) });
    else if (file.startsWith('models/')) models.push({ name, path: file, text, bodyOffset: 0, language });
  }
  return expandModels(models, {
    rootDir,
    cacheDir: path.join(rootDir, '.etl/cache/macros'),
    memo,
    macros,
    vars: { start_date: '2024-01-01', limit: 5 },
    target: { name: 'dev' },
    env: { REGION: 'eu-west', TOKEN: 'hunter2-secret' },
    ...options,
  });
}

async function sqlOf(sql: string, files: Files = {}, options: Partial<ExpandOptions> = {}) {
  const { value, diagnostics } = await expand({ ...files, 'models/m.sql': sql }, options);
  expect(diagnostics.map(show)).toEqual([]);
  return value[0]!.sql;
}

function show(d: Diagnostic): string {
  const at = d.span ? `${d.span.file}:${d.span.start.line}:${d.span.start.column}` : '-';
  return `${at} ${d.code} ${d.message}`;
}

const problems = async (files: Files, options?: Partial<ExpandOptions>) =>
  (await expand(files, options)).diagnostics.map(show);

const money = `import { sql } from 'parquetry';
export const centsToDollars = (column: string) =>
  sql<number>\`(\${sql.ref(column)} / 100)::DECIMAL(18, 2)\`;
`;

describe('expandModels', () => {
  it('leaves a model without expressions as it is, front matter aside', async () => {
    const text = "/* model */\nselect '$1', $$ ${x} $$, a->>'$.b', `c`";
    const { value } = await expandModels([{ name: 'm', path: 'models/m.sql', text, bodyOffset: 12 }], {
      rootDir,
      cacheDir: rootDir,
      memo,
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

  it('splices macros, relations and values', async () => {
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

  it('covers the SQL with segments', async () => {
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

  it('marks where values of the environment stand', async () => {
    const { value } = await expand({ 'models/m.sql': "select ${'region '} || ${env.TOKEN} || 'x'" });
    expect(value[0]!.sql).toBe("select 'region ' || 'hunter2-secret' || 'x'");
    expect(printableSql(value[0]!)).toBe("select 'region ' || '**************' || 'x'");
  });

  it('marks them in models written in TypeScript too', async () => {
    const { value } = await expand({
      'models/m.ts':
        "import { env, sql } from 'parquetry';\nexport default () => sql`select ${env.TOKEN} as t`;\n",
    });
    expect(printableSql(value[0]!)).toBe("select '**************' as t");
  });

  it('takes TypeScript that is no JavaScript', async () => {
    const macros = { 'macros/m.ts': 'export function pick<T>(value: T): T { return value; }' };
    expect(await sqlOf("select ${pick<string>('x' as string)}, ${(vars.limit as number)! + 1}", macros)).toBe(
      "select 'x', 6",
    );
    expect(await sqlOf('select ${2 < 3}, ${((n: number) => n)(7)}')).toBe('select true, 7');
  });

  it('binds values that macro files import to the model being expanded', async () => {
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

  it('lets macro files import each other, other files, Node and the packages of the project', async () => {
    await mkdir(path.join(rootDir, 'node_modules/dep'), { recursive: true });
    await writeFile(path.join(rootDir, 'node_modules/dep/package.json'), '{"name":"dep","main":"index.js"}');
    await writeFile(path.join(rootDir, 'node_modules/dep/index.js'), 'exports.five = 5;');
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

  it('lends macro files its own Kysely', async () => {
    const macros = {
      'macros/a.ts': "import { sql } from 'kysely';\nexport const id = (x: string) => sql.id(x);",
    };
    expect(await sqlOf("${id('a')}", macros)).toBe('"a"');
  });

  it('lets a project have its own macro in place of one of the standard library', async () => {
    expect(await sqlOf('${star()}', { 'macros/a.ts': 'export const star = () => 1;' })).toBe('1');
  });

  it('starts no bundler when nothing changed, and notices every change', async () => {
    const files = {
      'lib/n.ts': 'export const n = 1;',
      'macros/a.ts': "import { n } from '../lib/n.js';\nexport const one = () => n;",
    };
    const bundles = async () => (await readdir(path.join(rootDir, '.etl/cache/macros'))).length;
    expect(await sqlOf('${one()}', files)).toBe('1');
    expect(await sqlOf('${one()} ', files)).toBe('1 ');
    expect(await bundles()).toBe(2);
    expect(await sqlOf('${one()}', { ...files, 'lib/n.ts': 'export const n = 2;' })).toBe('2');
    expect(await sqlOf('${one()}', { ...files, 'macros/a.ts': 'export const one = () => 3;' })).toBe('3');
    expect(await bundles()).toBe(6);
  });
});

describe('expandModels reports', () => {
  it('names that do not exist, at the name, with the nearest', async () => {
    const { diagnostics } = await expand({
      'macros/money.ts': money,
      'models/a.sql': "select 'é😀',\n  ${sql`a ${centToDollars('x')}`}",
      'models/b.sql': 'select ${[1].map((x) => x + nope)}, ${vars.limitt}, ${env.HOME_SWEET}',
    });
    expect(diagnostics.map(show)).toEqual([
      'models/a.sql:2:13 template/unknown-name There is no macro or value named "centToDollars".',
      'models/b.sql:1:29 template/unknown-name There is no macro or value named "nope".',
      'models/b.sql:1:44 project/unknown-var There is no variable "limitt".',
      'models/b.sql:1:59 project/missing-env The environment variable HOME_SWEET is not set.',
    ]);
    expect(diagnostics.map((d) => d.hint)).toEqual([
      'did you mean "centsToDollars"?',
      'macros are the exported functions of macros/**/*.ts.',
      'did you mean "limit"?',
      "set it, or test for it first: 'HOME_SWEET' in env.",
    ]);
  });

  it('what a macro throws, at the call, with its stack', async () => {
    const { diagnostics, value } = await expand({
      'macros/a.ts': `// ünïcödé 😀
import { inner } from './b.js';
export function outer(x: string) {
  type Unused = { a: string };
  return inner(x);
}`,
      'macros/b.ts': `interface Unused { a: 1 }

export const inner = (x: string) => {
  if (x) throw new RangeError('no ' + x);
};`,
      'models/m.sql': "select 'é',\n  ${outer('é😀')} as x",
      'models/good.sql': 'select ${1}',
    });
    expect(diagnostics.map(show)).toEqual(['models/m.sql:2:3 template/macro-error RangeError: no é😀']);
    expect(diagnostics[0]!.span!.end.column).toBe(18);
    expect(
      diagnostics[0]!.notes!.map(
        (n) => `${n.message} ${n.span!.file}:${n.span!.start.line}:${n.span!.start.column}`,
      ),
    ).toEqual(['in inner macros/b.ts:4:16', 'in outer macros/a.ts:5:10']);
    expect(value.map((m) => m.name)).toEqual(['good']);
  });

  it('values that cannot stand in SQL', async () => {
    const macros = {
      'macros/a.ts': `import { sql } from 'parquetry';
export const later = async () => { throw new Error('nobody waits'); };
export const plain = () => 1;
export const hole = () =>
  sql\`a = \${undefined}\`;`,
    };
    const { diagnostics } = await expand({
      ...macros,
      'models/m.sql': 'select ${later()}, ${plain}, ${undefined}, ${{ a: 1 }}, ${hole()}, ${new Date(NaN)}',
    });
    expect(diagnostics.map(show)).toEqual([
      'models/m.sql:1:8 template/bad-value This gives a promise, which cannot stand in SQL.',
      'models/m.sql:1:20 template/bad-value This gives the function plain, which cannot stand in SQL.',
      'models/m.sql:1:30 template/bad-value This gives undefined, which cannot stand in SQL.',
      'models/m.sql:1:44 template/bad-value This gives an object, which cannot stand in SQL.',
      'models/m.sql:1:57 template/bad-value This gives undefined, which cannot stand in SQL.',
      'models/m.sql:1:68 template/bad-value This gives an invalid Date, which cannot stand in SQL.',
    ]);
    expect(diagnostics[1]!.hint).toBe('did you forget to call it? Write plain(…).');
    expect(diagnostics[4]!.notes![0]!.span).toMatchObject({
      file: 'macros/a.ts',
      start: { line: 5, column: 3 },
    });
  });

  it('expressions that do not parse, where they do not', async () => {
    expect(
      await problems({
        'models/a.sql': "select 'é', ${f(1 2)},\n ${\n  x as}, ${}, ${const a = 1}, ${await x}",
        'models/b.sql': 'select ${1}, ${ (',
      }),
    ).toEqual([
      'models/b.sql:1:14 template/unclosed-expression This ${ has no closing }.',
      'models/a.sql:3:10 template/syntax-error This ${} is empty.',
      'models/a.sql:1:19 template/syntax-error Expected ")" but found "2"',
      'models/a.sql:3:7 template/syntax-error The expression is not complete.',
      'models/a.sql:3:17 template/syntax-error Unexpected "const"',
      'models/a.sql:3:33 template/syntax-error "await" can only be used inside an "async" function',
    ]);
  });

  it('macro files that do not parse, all of them, while everything else expands', async () => {
    const { diagnostics, value } = await expand({
      'macros/bad1.ts': 'export const x = 1;\nexport const f = (s: ) => s;',
      'macros/bad2.ts': "// 😀\nexport const g = '😀' + + ;",
      'macros/good.ts':
        "import { f } from './bad1.js';\nexport const h = () => 1;\nexport const viaBad = () => f();",
      'macros/lost.ts': "import { z } from 'no-such-package';\nexport const k = () => z;",
      'models/a.sql': 'select ${h()}',
      'models/b.sql': "select ${f('x')}, ${g()}, ${viaBad()}, ${k()}",
      'models/c.sql': 'select ${hh()}',
    });
    expect(diagnostics.map(show)).toEqual([
      'macros/bad1.ts:2:22 template/syntax-error Unexpected ")"',
      'macros/bad2.ts:2:27 template/syntax-error Unexpected ";"',
      'macros/lost.ts:1:19 template/macro-load-failed Could not resolve "no-such-package"',
      'models/c.sql:1:10 template/unknown-name There is no macro or value named "hh".',
    ]);
    expect(value.map((m) => m.sql)).toEqual(['select 1']);
  });

  it('what macro files throw while they load, and nothing that follows from it', async () => {
    expect(
      await problems({
        'macros/a.ts': "import { vars } from 'parquetry';\n\nexport const start = vars.start_date;",
        'models/a.sql': 'select ${start}',
      }),
    ).toEqual([
      'macros/a.ts:3:27 template/macro-load-failed "vars" has no value while macro files are loaded.',
    ]);
  });

  it('macros of the same name', async () => {
    const { diagnostics } = await expand({
      'macros/a.ts': 'export const f = () => 1;',
      'macros/b.ts': 'export const g = 1;\nexport function f() {}\nexport const ref = 1;',
      'models/a.sql': 'select ${f()}',
    });
    expect(diagnostics.map(show)).toEqual([
      'macros/b.ts:2:17 template/duplicate-macro "f" is exported by two macro files.',
      'macros/b.ts:3:14 template/duplicate-macro "ref" is a name of the macro API.',
    ]);
    expect(diagnostics[0]!.notes![0]!.span).toMatchObject({ file: 'macros/a.ts', start: { column: 14 } });
  });

  it('unknown relations, and no values of the environment', async () => {
    const { diagnostics } = await expand(
      {
        'macros/a.ts':
          "import { env } from 'parquetry';\nexport const f = () => { throw new Error(`bad ${env.TOKEN}`); };",
        'models/a.sql': "from ${ref('stg_ordrs')} join ${source('shop', 'x')} where ${f()} or ${env}",
      },
      { relations: new Set(['stg_orders', 'shop.y']) },
    );
    expect(diagnostics.map(show)).toEqual([
      'models/a.sql:1:8 compile/unknown-model There is no model, seed or source table "stg_ordrs".',
      'models/a.sql:1:33 compile/unknown-source There is no source table "shop.x".',
      'models/a.sql:1:60 template/macro-error bad ***',
      'models/a.sql:1:70 template/bad-value This gives an object, which cannot stand in SQL.',
    ]);
  });
});

describe('columnsOf', () => {
  const files = {
    'macros/a.ts': `import { columnsOf, ref, sql } from 'parquetry';
export const names = (table: string) => sql.join(columnsOf(ref(table)).map((c) => sql.ref(c.name)));`,
    'models/a.sql': "select ${names('x')}, ${names('y')} from ${ref('z')}",
  };

  it('waits for schemas and expands again with them', async () => {
    const { value, diagnostics, pending, retry } = await expand(files);
    expect({ value, diagnostics, pending }).toEqual({
      value: [],
      diagnostics: [],
      pending: [{ name: 'a', path: 'models/a.sql', needs: ['x', 'y'], refs: ['x', 'y', 'z'] }],
    });
    const schema = (name: string) => ({ columns: [{ name: `${name}1`, type: 'INTEGER' }] });
    expect(retry('models/a.sql', (name) => (name === 'x' ? schema(name) : undefined)).pending!.needs).toEqual(
      ['y'],
    );
    expect(retry('models/a.sql', schema).model!.sql).toBe('select "x1", "y1" from "z"');
  });
});

describe('models in TypeScript', () => {
  it('export a query or a function that returns one', async () => {
    const { value, diagnostics, configs } = await expand({
      'macros/money.ts': money,
      'models/a.ts': `import { db } from 'parquetry';
import { centsToDollars } from '../macros/money.js';
export const config = { materialized: 'table' };
export default db.selectFrom('shop.orders as o').select([centsToDollars('o.amount').as('amount')]).where('o.id', 'in', [1, 2]).where('o.name', '=', "it's");`,
      'models/b.ts': `import { ref, sql, vars } from 'parquetry';
export default () => sql\`select * from \${ref('a')} limit \${vars.limit}\`;`,
    });
    expect(diagnostics).toEqual([]);
    expect(value.map((m) => [m.sql, m.refs])).toEqual([
      [
        'select ("o"."amount" / 100)::DECIMAL(18, 2) as "amount" from "shop"."orders" as "o" where "o"."id" in (1, 2) and "o"."name" = \'it\'\'s\'',
        [],
      ],
      ['select * from "a" limit 5', ['a']],
    ]);
    expect(configs).toEqual({ a: { materialized: 'table' } });
    expect(value[1]!.segments).toMatchObject([{ kind: 'expression', sourceStart: 44 }]);
  });

  it('are reported where they fail, one by one', async () => {
    expect(
      await problems({
        'models/a.ts': "\nthrow new Error('top');\nexport default 1;",
        'macros/a.ts': 'export const fail = () => { throw new TypeError("inner"); };',
        'models/b.ts': "import { fail } from '../macros/a.js';\nexport default () => fail();",
        'models/c.ts': '\n\nexport default 5;',
        'models/d.ts': 'export default async () => 5;',
        'models/e.ts': 'export default 1 +;',
        'models/f.ts': "import { sql } from 'parquetry'; export default sql`select 1`;",
      }),
    ).toEqual([
      'models/e.ts:1:19 template/syntax-error Unexpected ";"',
      'models/a.ts:2:7 template/macro-load-failed top',
      'models/b.ts:2:22 template/macro-error TypeError: inner',
      'models/c.ts:3:1 template/bad-value A TypeScript model must export a query as its default.',
      'models/d.ts:1:1 template/bad-value The default export is an async function.',
    ]);
  });
});
