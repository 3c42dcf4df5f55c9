import { describe, expect, test } from 'vitest';
import { money, show, useTemplates } from './expand-fixture.js';

const { expand, problems } = useTemplates();

describe('expandModels reports', () => {
  test('names that do not exist, at the name, with the nearest', async () => {
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

  test('what does not parse once: it is not left to the type check too', async () => {
    const { diagnostics, scanned } = await expand({
      'models/a.sql': 'select ${1}, ${}, ${1 +}, ${/* none */}',
      'models/b.sql': 'select ${2}',
    });
    expect(diagnostics.map(show)).toEqual([
      'models/a.sql:1:14 template/syntax-error This ${} is empty.',
      'models/a.sql:1:24 template/syntax-error The expression is not complete.',
      'models/a.sql:1:39 template/syntax-error The expression is not complete.',
    ]);
    expect(scanned.map(({ expressions }) => expressions.map(({ code }) => code))).toEqual([['1'], ['2']]);
  });

  test('what a macro throws, at the call, with its stack', async () => {
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

  test('a batch where there is none, at its name', async () => {
    const files = {
      'models/a.sql': 'select ${batch.start}',
      'models/b.sql': "select ${true && batch!\n.end}, ${batch['start']}",
      'models/c.sql': 'select ${vars.limit.batch.start}',
    };
    const { diagnostics } = await expand(files);
    const message =
      '"batch" has no value here: only models with `strategy: time_range` are built by intervals.';
    expect(diagnostics.map(show)).toEqual([
      `models/a.sql:1:10 template/macro-error ${message}`,
      `models/b.sql:1:18 template/macro-error ${message}`,
      `models/b.sql:2:10 template/macro-error ${message}`,
      expect.stringContaining('models/c.sql:1:8 template/macro-error TypeError: Cannot read properties'),
    ]);
    expect(diagnostics[0]!.hint).toBe("write moments in its place, such as '2024-01-01T00:00:00Z'");
    const batch = { start: '2024-01-01T00:00:00Z', end: '2024-01-02T00:00:00Z' };
    const given = await expand({ 'models/a.sql': 'select ${batch.start}' }, { batchOf: () => batch });
    expect(given.value[0]!.sql).toBe("select '2024-01-01T00:00:00Z'");
  });

  test('values that cannot stand in SQL', async () => {
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

  test('columns of what is no table', async () => {
    const { diagnostics } = await expand({
      'models/a.sql': "select ${columnsOf('b').length}, ${columnsOf(1).length}",
      'models/b.sql': 'select 1 as x',
    });
    expect(diagnostics.map(show)).toEqual([
      'models/a.sql:1:10 template/bad-value columnsOf takes a table, and "b" is a text.',
      'models/a.sql:1:36 template/bad-value columnsOf takes a table.',
    ]);
    expect(diagnostics[0]!.hint).toBe("write columnsOf(ref('b')).");
  });

  test('expressions that do not parse, where they do not', async () => {
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

  test('macro files that do not parse, all of them, while everything else expands', async () => {
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

  test('what macro files throw while they load, and nothing that follows from it', async () => {
    expect(
      await problems({
        'macros/a.ts': "import { vars } from 'parquetry';\n\nexport const start = vars.start_date;",
        'models/a.sql': 'select ${start}',
      }),
    ).toEqual([
      'macros/a.ts:3:27 template/macro-load-failed "vars" has no value while macro files are loaded.',
    ]);
  });

  test('macros of the same name', async () => {
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

  test('unknown relations, and no values of the environment', async () => {
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
