import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { makeProject, queryRows, runEtl, writeFiles } from '../support/cli.js';

// Each test runs the command several times.
vi.setConfig({ testTimeout: 120_000 });

const project = {
  'etl.yml': [
    'name: typed',
    'targets:',
    '  dev: { lake: .etl/lake }',
    'vars: { start_date: 2024-01-01, vip_from: 100 }',
    '',
  ].join('\n'),
  'sources.yml': [
    'sources:',
    '  shop:',
    '    connector: file',
    '    tables:',
    '      orders: { path: data/orders.csv }',
    '',
  ].join('\n'),
  'data/orders.csv':
    'order_id,status,amount,updated_at\n1,placed,10.5,2024-01-01\n1,shipped,11,2024-02-01\n2,shipped,20,2024-01-03\n',
  'models/stg_orders.sql': 'select * from shop.orders\n',
  'macros/text.ts': [
    "import { type Relation, sql } from 'parquetry';",
    '',
    '/** A text, made as wide as it must be. */',
    'export function padded(text: string, width: number) {',
    "  return sql`lpad(${text}, ${width}, ' ')`;",
    '}',
    'export function onlyColumn<Row>(from: Relation<Row>, column: keyof Row & string) {',
    '  return sql`(select ${sql.ref(column)} from ${from})`;',
    '}',
    'export const settings = () => ({ width: 3 });',
    '',
  ].join('\n'),
};

/** Each with its place, TypeScript's number and some of its words. */
const mistakes: readonly (readonly [
  file: string,
  text: string,
  place: string,
  words: string,
  hint?: string,
])[] = [
  [
    'models/unknown_model.sql',
    "/* model\ndescription: '😀 é'\n*/\nselect '😀é', * from ${ref('stg_ordrs')}",
    '4:28',
    `Argument of type '"stg_ordrs"' is not assignable to parameter of type 'keyof Database'. (TS2345)`,
    'did you mean "stg_orders"?',
  ],
  [
    'models/unknown_column.sql',
    "select * from ${onlyColumn(ref('stg_orders'), 'statsu')}",
    '1:47',
    `Argument of type '"statsu"' is not assignable to parameter of type '"amount" | "order_id" | "status" | "updated_at"'`,
  ],
  [
    'models/wrong_type.sql',
    "select '😀',\n  ${padded(\n    'é',\n    'wide')} as x",
    '4:5',
    "Argument of type 'string' is not assignable to parameter of type 'number'. (TS2345)",
  ],
  ['models/missing.sql', "select ${padded('x')} as x", '1:10', 'Expected 2 arguments, but got 1. (TS2554)'],
  [
    'models/unknown_var.sql',
    'select ${vars.start_dat} as x',
    '1:15',
    "Property 'start_dat' does not exist on type 'Readonly<Vars>'. Did you mean 'start_date'? (TS2551)",
  ],
  [
    'models/no_fragment.sql',
    'select ${settings()} as x',
    '1:10',
    "Argument of type '{ width: number; }' is not assignable to parameter of type 'SqlValue'. (TS2345)",
    'pick the property you mean',
  ],
  [
    'models/report.ts',
    "import { db } from 'parquetry';\n\nexport default db.selectFrom('stg_orders').select('amout');\n",
    '3:51',
    `Argument of type '"amout"' is not assignable`,
  ],
  [
    'macros/unused.ts',
    '// @ts-expect-error: nothing is wrong\nexport const fine = 1;\n',
    '1:1',
    "Unused '@ts-expect-error' directive. (TS2578)",
  ],
];

test('each mistake in TypeScript is one error at its place in the file that a person wrote, all in one run', async () => {
  const files = Object.fromEntries(mistakes.map(([file, text]) => [file, text]));
  const folder = makeProject({ ...project, ...files });
  for (const command of ['check', 'build']) {
    const { code, output } = await runEtl(folder, [command]);
    expect(code, output).toBe(1);
    const blocks = output.split(/\n(?=\S+:\d+:\d+ )/);
    for (const [file, , place, words, hint] of mistakes) {
      const block = blocks.find((one) => one.startsWith(`${file}:${place}  check/type-error`));
      expect(block?.replaceAll(/\s+/g, ' '), `${file}:${place} in\n${output}`).toContain(words);
      expect(block, 'a code frame').toMatch(/│ +~/);
      if (hint !== undefined) expect(block).toContain(hint);
    }
    expect(output.match(/^\S+:\d+:\d+ {2}\S+$/gm)?.length, output).toBe(mistakes.length);
    expect(existsSync(join(folder, '.etl/lake/_etl/commits')), 'nothing is committed').toBe(false);
  }
});

test('a model that is built by intervals has a batch, others may have none', async () => {
  const batched = `/* model
materialized: incremental
strategy: time_range
event_time: updated_at
interval: month
begin: 2024-01-01
*/
select *, ${'${batch.start}'} as since from stg_orders
`;
  const folder = makeProject({ ...project, 'models/batched.sql': batched });
  const { code, output } = await runEtl(folder, ['build']);
  expect(code, output).toBe(0);
  writeFiles(folder, {
    'models/other.sql': "select ${batch ? batch.start : 'none'} as a, ${batch.end} as b",
  });
  const refused = await runEtl(folder, ['check']);
  expect(refused.code, refused.output).toBe(1);
  expect(refused.output).toContain('models/other.sql:1:48');
});

test('an error that only TypeScript sees stops a build before its commit', async () => {
  const folder = makeProject({ ...project, 'models/padded.sql': "select ${padded('x', 3)} as x" });
  expect((await runEtl(folder, ['build'])).code).toBe(0);
  const commits = () => readFileSync(join(folder, '.etl/lake/_etl/latest.json'), 'utf8');
  const before = commits();

  writeFiles(folder, {
    'models/padded.sql': "select ${padded('y', 3)} as x",
    'macros/more.ts': "export const width: number = 'three';\n",
  });
  const failed = await runEtl(folder, ['build']);
  expect(failed.code, failed.output).toBe(1);
  expect(failed.output).toContain('macros/more.ts:1:14  check/type-error');
  expect(commits()).toBe(before);

  const again = await runEtl(folder, ['build']);
  expect(again.code, 'remembered errors are errors too').toBe(1);
  writeFiles(folder, { 'macros/more.ts': 'export const width: number = 3;\n' });
  expect((await runEtl(folder, ['build'])).code).toBe(0);
  expect(await queryRows(folder, 'from padded')).toEqual([{ x: '  y' }]);
});

test('TypeScript follows the columns of models, as they are now', async () => {
  const folder = makeProject({
    ...project,
    'models/open.sql': "select * from ${onlyColumn(ref('stg_orders'), 'status')}",
    'models/report.ts': [
      "import { db } from 'parquetry';",
      "export const config = { materialized: 'table', tests: ['order_id > 0'] };",
      "export default db.selectFrom('stg_orders').select(['order_id']).where('status', '=', \"it's\");",
      '',
    ].join('\n'),
  });
  const first = await runEtl(folder, ['check']);
  expect(first.output, first.output).toContain('All good');
  const types = readFileSync(join(folder, '.etl/types/index.d.ts'), 'utf8');
  expect(types).toContain('report: {\n      /** `BIGINT` */\n      order_id: bigint | null;');
  expect(types).toContain('vip_from: number;');

  writeFiles(folder, { 'models/stg_orders.sql': 'select order_id, status as state from shop.orders\n' });
  const { output } = await runEtl(folder, ['check']);
  const places = output.match(/^\S+:\d+:\d+ {2}\S+$/gm);
  expect(places, output).toEqual([
    'models/open.sql:1:47  check/type-error',
    'models/report.ts:3:71  check/type-error',
  ]);
});

test('models that ask for columns are expanded once those are known; a circle of them is an error', async () => {
  const folder = makeProject({
    ...project,
    'models/a.sql': "select ${star(ref('stg_orders'), { except: ['status'] })} from stg_orders",
    'models/b.sql': "select ${star(ref('a'), { except: ['amount'] })} from a",
    'tests/none_without_id.sql': "select ${star(ref('b'), { except: [] })} from b where order_id is null",
  });
  const { code, output } = await runEtl(folder, ['build']);
  expect(code, output).toBe(0);
  expect(await queryRows(folder, 'from b where order_id = 2')).toEqual([
    { order_id: 2, updated_at: '2024-01-03' },
  ]);
  writeFiles(folder, { 'models/a.sql': "select ${star(ref('b'), { except: [] })} from b" });
  const circle = await runEtl(folder, ['check']);
  expect(circle.output).toContain('compile/cycle');
  expect(circle.output).toMatch(/a → b → a|b → a → b/);
  expect(circle.output).toContain('1 error');
});

test('an error of DuckDB inside SQL that a macro made points at the call and shows the SQL', async () => {
  const folder = makeProject({
    ...project,
    'macros/raw.ts': "import { sql } from 'parquetry';\nexport const broken = () => sql`amount + nope`;\n",
    'models/m.sql': "select '😀é',\n  ${broken()} as x\nfrom stg_orders",
  });
  const { output } = await runEtl(folder, ['check']);
  expect(output).toContain('models/m.sql:2:3  compile/unknown-column');
  expect(output).toMatch(/expanded SQL:\n.*amount \+ nope as x\n +│ +~~~~\n/);
});

test('an error inside a macro shows the macro and the call in the model', async () => {
  const folder = makeProject({
    ...project,
    'macros/fail.ts':
      'const inner = () => {\n  throw new Error("no luck");\n};\nexport const fails = () => inner();\n',
    'models/m.sql': "select '😀é', ${fails()} as x",
  });
  const { output } = await runEtl(folder, ['check']);
  expect(output).toContain('models/m.sql:1:15  template/macro-error\n  no luck');
  expect(output).toMatch(/in inner {2}macros\/fail\.ts:2:9/);
  expect(output).toMatch(/in fails {2}macros\/fail\.ts:4:\d+/);
});

test('text of any kind in ${} is a literal, and SQL with odd characters is left alone', async () => {
  const text = `it's "quoted" \\ back\nline $$ \${x} 😀 $1 \`tick\``;
  const folder = makeProject({
    ...project,
    'models/values.sql': `select \${${JSON.stringify(text).replaceAll('${', '\\${')}} as a,
  regexp_matches('a1', '\\d') as b, $$\${not}$$ as c, 'it''s' as d, '{"k": [1]}'::json->>'$.k[0]' as e`,
  });
  writeFileSync(
    join(folder, 'models/nul.ts'),
    "import { sql } from 'parquetry';\nexport default sql`select ${'a\\0b'} as n`;\n",
  );
  const { code, output } = await runEtl(folder, ['build']);
  expect(code, output).toBe(0);
  expect(await queryRows(folder, 'from values')).toEqual([
    { a: text, b: true, c: '${not}', d: "it's", e: '1' },
  ]);
  expect(await queryRows(folder, 'select length(n) as l, ascii(n[2]) as z from nul')).toEqual([
    { l: 3, z: 0 },
  ]);
});

test('a file that macros import is followed too', async () => {
  const folder = makeProject({
    ...project,
    'lib/width.ts': 'export const width = 3;\n',
    'macros/wide.ts': "import { width } from '../lib/width.ts';\nexport const wide: number = width;\n",
    'models/m.sql': 'select ${wide} as w',
  });
  expect((await runEtl(folder, ['check'])).output).toContain('All good');
  writeFiles(folder, { 'lib/width.ts': "export const width = 'three';\n" });
  const { output } = await runEtl(folder, ['check']);
  expect(output).toContain('macros/wide.ts:2:14  check/type-error');
});

test('etl types writes the tables for an application', async () => {
  const folder = makeProject({
    ...project,
    'models/hidden.sql': '/* model\nmaterialized: ephemeral\n*/\nselect 1 as a',
  });
  const { code, output } = await runEtl(folder, ['types', '--out', 'src/database.ts']);
  expect(code, output).toBe(0);
  const text = readFileSync(join(folder, 'src/database.ts'), 'utf8');
  expect(text).toMatch(/^export interface Database \{\n {2}"shop\.orders": \{\n/m);
  expect(text).not.toContain('hidden');
  const some = await runEtl(folder, ['types', '--select', 'stg_orders']);
  expect(some.stdout.match(/^ {2}\S+: \{$/gm)).toEqual(['  stg_orders: {']);
  writeFiles(folder, { 'models/broken.sql': 'select nope from stg_orders' });
  const broken = await runEtl(folder, ['types']);
  expect([broken.code, broken.stdout]).toEqual([1, '']);
});
