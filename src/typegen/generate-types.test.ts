import { spawnSync } from 'node:child_process';
import fs from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { connectionOfTest } from '../../test/support/connection.js';
import { sketchManifest } from '../../test/support/manifest.js';
import { folderOfTest } from '../../test/support/temporary-folder.js';
import { generateTypes } from './generate-types.js';

/** Type-checks files with the pinned compiler under strict settings and returns what it prints. */
async function tsc(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await folderOfTest('types');
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noEmit: true,
    target: 'ES2023',
    module: 'NodeNext',
    types: [],
    skipLibCheck: true,
    paths: { kysely: [path.resolve('node_modules/kysely/dist/esm/index.d.ts')] },
  };
  await fs.writeFile(path.join(folder, 'package.json'), '{"type": "module"}');
  await fs.writeFile(
    path.join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, files: Object.keys(files) }),
  );
  for (const [name, text] of Object.entries(files)) await fs.writeFile(path.join(folder, name), text);
  const compiler = path.resolve('node_modules/typescript/bin/tsc');
  return spawnSync(process.execPath, [compiler, '-p', folder], { encoding: 'utf8' }).stdout;
}

const notNull = [{ assertion: { kind: 'not_null', columns: ['order_id'] }, severity: 'error' }] as const;
const manifest = sketchManifest([
  {
    name: 'shop.orders',
    schema: { columns: [{ name: 'id', type: 'BIGINT' }] },
  },
  {
    name: 'orders',
    config: {
      description: 'One row per order.\nEnds a comment: */ no.',
      columns: [{ name: 'ORDER_ID', description: 'Primary key.', tests: notNull }],
    },
    schema: {
      columns: [
        { name: 'order_id', type: 'BIGINT' },
        { name: 'amount', type: 'DECIMAL(18,2)' },
        { name: 'net "total"', type: 'DOUBLE' },
        { name: 'items', type: 'STRUCT(sku VARCHAR, "it\'s" MAP(INTEGER, DATE))[]' },
        { name: 'status', type: "ENUM('placed', 'it''s')" },
      ],
    },
  },
]);

test('the file of a project', () => {
  expect(generateTypes(manifest)).toMatchInlineSnapshot(`
    "// Written by \`etl types\` from the compiled project: changes made here are lost.
    export interface Database {
      /**
       * One row per order.
       * Ends a comment: *\\/ no.
       */
      orders: {
        /**
         * Primary key.
         *
         * \`BIGINT\`
         */
        order_id: bigint;
        /** \`DECIMAL(18,2)\` */
        amount: string | null;
        /** \`DOUBLE\` */
        "net \\"total\\"": number | null;
        /** \`STRUCT(sku VARCHAR, "it's" MAP(INTEGER, DATE))[]\` */
        items: ({ sku: string | null; "it's": { key: number; value: string | null }[] | null } | null)[] | null;
        /** \`ENUM('placed', 'it''s')\` */
        status: "placed" | "it's" | null;
      };
      "shop.orders": {
        /** \`BIGINT\` */
        id: bigint | null;
      };
    }
    "
  `);
});

test('an augmentation holds the variables too', () => {
  const vars = { start: '2024-01-01', 'max-n': 3, flags: [true, 'x'], nested: { a: null, b: [] }, none: {} };
  const text = generateTypes(sketchManifest([]), { as: 'augmentation', vars });
  expect(text).toMatchInlineSnapshot(`
    "// Written by \`etl types\` from the compiled project: changes made here are lost.
    import 'parquetry';

    declare module 'parquetry' {
      interface Database {
      }

      interface Vars {
        start: string;
        "max-n": number;
        flags: readonly (boolean | string)[];
        nested: { readonly a: null; readonly b: readonly (any)[] };
        none: Record<string, never>;
      }
    }
    "
  `);
});

test('it compiles under strict, and Kysely knows the columns', async () => {
  const output = await tsc({
    'database.ts': generateTypes(manifest),
    'use.ts': `
import type { Kysely } from 'kysely';
import type { Database } from './database.js';
declare const db: Kysely<Database>;
const row = await db.selectFrom('orders').select(['order_id', 'net "total"', 'items']).executeTakeFirstOrThrow();
export const id: bigint = row.order_id;
export const dates: (string | null)[] | undefined = row.items?.[0]?.["it's"]?.map((entry) => entry.value);
await db.selectFrom('shop.orders').select('id').execute();
// @ts-expect-error no such column
db.selectFrom('orders').select('ordr_id');
// @ts-expect-error no such table
db.selectFrom('ordrs');
// @ts-expect-error it can be NULL
export const amount: string = (null as unknown as Database['orders']).amount;
`,
  });
  expect(output).toBe('');
});

test('the types are those of the values that the engine returns', async () => {
  const expressions = [
    'true',
    '1::tinyint',
    '1::usmallint',
    '1::uinteger',
    '1::bigint',
    '1::ubigint',
    '1::hugeint',
    '1::uhugeint',
    '1::bignum',
    '1.5::float',
    '1.5::double',
    '1.5::decimal(9,2)',
    "'x'",
    "'x'::blob",
    "'01'::bit",
    'uuid()',
    "'{}'::json",
    "date '2020-01-01'",
    "time '01:02:03'",
    "'01:02:03'::time_ns",
    "'01:02:03+02'::timetz",
    "timestamp '2020-01-01'",
    "'2020-01-01'::timestamp_s",
    "'2020-01-01'::timestamp_ns",
    "'2020-01-01'::timestamptz",
    'interval 1 day',
    "'a'::enum('a', 'b')",
    '[1::bigint, null]',
    '[1, 2]::integer[2]',
    "{'a': 1::bigint, 'b': [date '2020-01-01'], 'c d': null::integer}",
    "map {'a': 1.5::decimal(3,1), 'b': null}",
    'union_value(num := 2)',
    "[{'x': map {1: 'y'}}]",
  ];
  const { connection } = await connectionOfTest({ threads: 1 });
  const select = `select ${expressions.map((expression, i) => `${expression} as c${i}`).join(', ')}`;
  const columns = (await connection.rows(`describe ${select}`)).map((row) => ({
    name: row.column_name as string,
    type: row.column_type as string,
  }));
  const [row] = await connection.rows(select);
  expect(
    await tsc({
      'database.ts': generateTypes(sketchManifest([{ name: 't', schema: { columns } }])),
      'row.ts': `import type { Database } from './database.js';\nexport const row: Database['t'] = ${literal(row)};\n`,
    }),
  ).toBe('');
});

/** A value as TypeScript source. */
function literal(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`;
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([key, item]) => `${JSON.stringify(key)}: ${literal(item)}`)
    .join(', ')} }`;
}
