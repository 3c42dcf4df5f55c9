import { describe, expect, test } from 'vitest';
import { money, useTemplates } from './expand-fixture.js';

const { expand, problems } = useTemplates();

describe('columnsOf', () => {
  const files = {
    'macros/a.ts': `import { columnsOf, ref, sql } from 'parquetry';
export const names = (table: string) => sql.join(columnsOf(ref(table)).map((c) => sql.ref(c.name)));`,
    'models/a.sql': "select ${names('x')}, ${names('y')} from ${ref('z')}",
  };

  test('waits for schemas and expands again with them', async () => {
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
  test('export a query or a function that returns one', async () => {
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

  test('are reported where they fail, one by one', async () => {
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
