import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { renderDiagnostics } from '../diagnostics/render-diagnostics.js';
import { checkTypes, type ProjectToCheck } from './check-types.js';
import { openTypeChecker } from './type-checker.js';

let rootDir: string;
beforeAll(async () => {
  rootDir = await fs.mkdtemp(path.join(os.tmpdir(), 'check-types-'));
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
     export interface Fragment { toOperationNode(): object }
     export interface Relation<Row> extends Fragment { readonly row?: Row }
     export interface Query<Row> extends Fragment { select<C extends keyof Row>(...columns: C[]): Query<Pick<Row, C>> }
     export declare const db: { selectFrom<N extends keyof Database & string>(name: N): Query<Database[N]> };
     export declare function ref<N extends keyof Database & string>(name: N): Relation<Database[N]>;
     export declare function sql(parts: TemplateStringsArray, ...values: unknown[]): Fragment;
     export declare const vars: Vars;
     export declare const batch: { start: string } | undefined;`,
  );
});
async function check(modules: ReadonlyMap<string, string>) {
  const checker = openTypeChecker({ rootDir });
  try {
    return checker.check(modules);
  } finally {
    checker.close();
  }
}
afterAll(() => fs.rm(rootDir, { recursive: true }));

const types = `import 'parquetry';
declare module 'parquetry' {
  interface Database { stg_orders: { order_id: bigint; status: string | null } }
  interface Vars { start_date: string }
}`;
const macros = {
  path: 'macros/all.ts',
  text: `import { type Fragment, type Relation, sql } from 'parquetry';
export function dedupe<Row>(relation: Relation<Row>, options: { key: keyof Row & string; limit?: number }): Fragment {
  return sql\`select \${options.kye} from \${relation}\`;
}
export const config = () => ({ a: 1 });
`,
};
const scope = new Map([
  ...['ref', 'sql', 'vars', 'batch'].map((name) => [name, 'parquetry'] as const),
  ...['dedupe', 'config'].map((name) => [name, 'macros/all.ts'] as const),
]);

/** Expressions of these tests hold no nested braces besides objects, so a simple pattern finds them. */
function template(file: string, text: string) {
  const expressions = [...text.matchAll(/\$\{((?:[^{}]|\{[^{}]*\})*)\}/g)].map((match) => ({
    code: match[1]!,
    codeStart: match.index + 2,
    identifiers: [...match[1]!.matchAll(/[A-Za-z_]\w*/g)].map(([name]) => ({ name })),
  }));
  return { path: file, text, expressions };
}

async function shown(project: Partial<ProjectToCheck>) {
  const full = { types, files: [macros], scope, templates: [], ...project };
  const found = await checkTypes(full, { check, environment: '' });
  const style = { color: false, unicode: true, width: 110 };
  const texts = [...full.files, ...full.templates];
  return renderDiagnostics(found, style, (file) => texts.find((one) => one.path === file)?.text);
}

test('every error stands at its place in the file that a person wrote', async () => {
  const sqlFile = template(
    'models/orders.sql',
    `/* model\ndescription: é😀\n*/\nselect '😀', \${vars.start_dat} as d,
  \${ 1 /* 😀 */ } as ok, \${[1, 'a', null]} as list, \${config()} as object,
from \${dedupe(ref('stg_ordrs'), { key: 'status' })}
join \${dedupe(
  ref('stg_orders'),
  { key: 'statsu' } // the key
)}
join \${dedupe(ref('stg_orders'))} on \${nobody}
where \${dedupe(ref('stg_orders'), { key: 'status', limit: 'ten' })}`,
  );
  const typescriptModel = {
    path: 'models/report.ts',
    text: `import { db } from 'parquetry';\nexport default db.selectFrom('stg_orders').select('order_id', 'statu');\n`,
  };
  expect(await shown({ templates: [sqlFile], files: [macros, typescriptModel] })).toMatchInlineSnapshot(`
    "macros/all.ts:3:31  check/type-error
      Property 'kye' does not exist on type '{ key: keyof Row & string; limit?: number | undefined; }'. (TS2339)
        3 │   return sql\`select \${options.kye} from \${relation}\`;
          │                               ~~~

    models/report.ts:2:63  check/type-error
      Argument of type '"statu"' is not assignable to parameter of type '"order_id" | "status"'. (TS2345)
        2 │ export default db.selectFrom('stg_orders').select('order_id', 'statu');
          │                                                               ~~~~~~~

    models/orders.sql:4:21  check/type-error
      Property 'start_dat' does not exist on type 'Vars'. Did you mean 'start_date'? (TS2551)
        4 │ select '😀', \${vars.start_dat} as d,
          │                     ~~~~~~~~~

    models/orders.sql:5:55  check/type-error
      Argument of type '{ a: number; }' is not assignable to parameter of type 'SqlValue'. (TS2345)
        5 │   \${ 1 /* 😀 */ } as ok, \${[1, 'a', null]} as list, \${config()} as object,
          │                                                       ~~~~~~~~

    models/orders.sql:6:19  check/type-error
      Argument of type '"stg_ordrs"' is not assignable to parameter of type '"stg_orders"'. (TS2345)
        6 │ from \${dedupe(ref('stg_ordrs'), { key: 'status' })}
          │                   ~~~~~~~~~~~

    models/orders.sql:9:5  check/type-error
      Type '"statsu"' is not assignable to type '"order_id" | "status"'. Did you mean '"status"'? (TS2820)
        9 │   { key: 'statsu' } // the key
          │     ~~~
      note: The expected type comes from property 'key' which is declared here on type '{ key: "order_id" | "status"; limit?: number | undefined; }'  macros/all.ts:2:65
        2 │ …edupe<Row>(relation: Relation<Row>, options: { key: keyof Row & string; limit?: number }): Fragment {
          │                                                 ~~~

    models/orders.sql:11:8  check/type-error
      Expected 2 arguments, but got 1. (TS2554)
       11 │ join \${dedupe(ref('stg_orders'))} on \${nobody}
          │        ~~~~~~
      note: An argument for 'options' was not provided.  macros/all.ts:2:54
        2 │ …edupe<Row>(relation: Relation<Row>, options: { key: keyof Row & string; limit?: number }): Fragment {
          │                                      ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~

    models/orders.sql:11:40  check/type-error
      Cannot find name 'nobody'. (TS2304)
       11 │ join \${dedupe(ref('stg_orders'))} on \${nobody}
          │                                        ~~~~~~

    models/orders.sql:12:52  check/type-error
      Type 'string' is not assignable to type 'number'. (TS2322)
       12 │ where \${dedupe(ref('stg_orders'), { key: 'status', limit: 'ten' })}
          │                                                    ~~~~~
      note: The expected type comes from property 'limit' which is declared here on type '{ key: "order_id" | "status"; limit?: number | undefined; }'  macros/all.ts:2:90
        2 │ …edupe<Row>(relation: Relation<Row>, options: { key: keyof Row & string; limit?: number }): Fragment {
          │                                                                          ~~~~~

    9 errors
    "
  `);
});

test('where the environment is, is said in place of how to install types of Node', async () => {
  const found = await checkTypes(
    { types, files: [], scope, templates: [template('models/m.sql', 'select ${process.env.HOME}')] },
    { check, environment: '' },
  );
  expect(found).toMatchObject([
    {
      message: expect.stringMatching(/^Cannot find name 'process'\. \(TS\d+\)$/),
      hint: 'variables of the environment are in scope as env: env.HOME',
    },
  ]);
});

test('a macro that is not exported is said at the expression that uses it', async () => {
  const file = template('models/m.sql', `select \${gone()}`);
  const found = await checkTypes(
    {
      types,
      files: [{ path: 'macros/m.ts', text: 'export {};\n' }],
      scope: new Map([['gone', 'macros/m.ts']]),
      templates: [file],
    },
    { check, environment: '' },
  );
  expect(found.map(({ span }) => file.text.slice(span?.start.offset, span?.end.offset))).toEqual(['gone()']);
});

test('what a file says is defined needs no look at whether it is', async () => {
  const file = template('models/events.sql', 'select ${batch.start}, ${batch.strat}, ${ref("stg_orders")}');
  const places = async (templates: ProjectToCheck['templates']) =>
    (await shown({ templates, files: [] })).match(/\d+:\d+(?= {2}check)|TS\d+/g);
  expect(await places([{ ...file, defined: ['batch'] }])).toEqual(['1:32', 'TS2551']);
  expect(await places([file])).toEqual(['1:10', 'TS18048', '1:26', 'TS18048', '1:32', 'TS2551']);
});

test('what is checked together is said as if each were checked by itself', async () => {
  // What would tell the compiler to look away stands in templates of people: it must not reach into others.
  const odd = [
    "select ${dedupe(ref('stg_orders'), { key: 'statsu' })}",
    'select ${vars.start_dat}, ${1}',
    'select ${1 /* @ts-expect-error */} as a, ${nobody}',
    'select ${// @ts-ignore\n  vars.no} as a, ${vars.neither}',
    'select ${batch.start}',
    'select ${(}',
    'select ${1); const sql = (2} as a, ${sql}',
  ];
  const templates = Array.from({ length: 130 }, (_, i) => {
    const text =
      i % 20 === 3 ? odd[(i - 3) / 20]! : `select \${ref('stg_orders')}, \${vars.start_date}, \${${i}}`;
    return { ...template(`models/m${i}.sql`, text), ...(i % 30 === 0 && { defined: ['batch'] }) };
  });
  const sizes: number[] = [];
  const project = { types, files: [macros], scope, templates };
  const together = await checkTypes(project, {
    environment: '',
    check: (modules) => {
      sizes.push(modules.size);
      return check(modules);
    },
  });
  for (const one of templates.filter((_, i) => i % 20 === 3 || i < 3)) {
    const found = await checkTypes({ ...project, templates: [one] }, { check, environment: '' });
    const ofFile = ({ span }: { readonly span?: { readonly file: string } }) => span?.file === one.path;
    expect(together.filter(ofFile), one.text).toEqual(found.filter(ofFile));
  }
  const wrong = new Set(together.map(({ span }) => span!.file));
  expect([...wrong]).toEqual([
    'macros/all.ts',
    ...[3, 23, 43, 63, 83, 103, 123].map((i) => `models/m${i}.sql`),
  ]);
  expect(sizes[0]).toBeLessThan(20);
}, 120_000);
