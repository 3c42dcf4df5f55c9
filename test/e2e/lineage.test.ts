import { expect, test, vi } from 'vitest';
import { makeProject, runEtl } from '../support/cli.js';

vi.setConfig({ testTimeout: 60_000 });

const files = {
  'sources.yml':
    'sources:\n  shop:\n    connector: file\n    tables:\n      orders: { path: data/orders.csv }\n',
  'data/orders.csv': 'id,cents,status\n1,250,open\n',
  'macros/money.sql': 'create macro dollars(cents) as cents / 100.0;',
  'macros/net.ts':
    "import { sql } from 'parquetry';\nexport const net = (c: string) => sql`${sql.ref(c)} * 0.8`;\n",
  'models/stg.sql':
    "/* model\nmaterialized: view\n*/\nselect id, dollars(cents) as usd, status from shop.orders where status <> 'gone'",
  'models/totals.sql':
    "with o as (from stg) select status, sum(${net('usd')}) as net, count(*) as n from o group by 1",
  'models/coded.ts': `import { ref, sql, transform } from 'parquetry';
export default transform(sql\`select id, usd from \${ref('stg')}\`, { columns: { text: 'VARCHAR' } }, async function* (batches) {
  for await (const batch of batches) for (const { id, usd } of batch) yield { text: \`\${id} \${usd}\` };
});
`,
};

test('a column is followed through views, macros, CTEs and code, before anything was built', async () => {
  const folder = makeProject(files);
  const { code, stdout, output } = await runEtl(folder, ['lineage', 'SHOP.orders.cents']);
  expect(code, output).toBe(0);
  expect(stdout).toBe(
    [
      'shop.orders.cents  BIGINT  sources.yml',
      '',
      'goes into',
      '  stg.usd',
      '    coded.text',
      '    totals.net',
      '',
    ].join('\n'),
  );
  const near = await runEtl(folder, ['lineage', 'shop.orders.cents', '--depth', '1', '--format', 'json']);
  expect(JSON.parse(near.stdout)).toMatchObject({
    table: 'shop.orders',
    column: 'cents',
    above: [],
    below: [{ from: { table: 'shop.orders', column: 'cents' }, to: { table: 'stg', column: 'usd' } }],
    readers: ['stg'],
  });
});

test('a table is shown with what stands beside each column', async () => {
  const { code, stdout, output } = await runEtl(makeProject(files), ['lineage', 'stg']);
  expect(code, output).toBe(0);
  expect(stdout).toBe(
    [
      'stg  model  models/stg.sql',
      '',
      'id      BIGINT',
      '  from  shop.orders.id',
      '  to    coded.text',
      'usd     DOUBLE',
      '  from  shop.orders.cents',
      '  to    coded.text, totals.net',
      'status  VARCHAR',
      '  from  shop.orders.status',
      '  to    totals.status, totals (which rows)',
      'rows of stg',
      '  from  shop.orders.status',
      '',
      'reads    shop.orders',
      'read by  coded, totals',
      '',
    ].join('\n'),
  );
});

test('a wrong name is said with the near ones, and errors elsewhere are no hindrance', async () => {
  const folder = makeProject({ ...files, 'models/wrong.sql': 'select usdd from stg' });
  const table = await runEtl(folder, ['lineage', 'totals']);
  expect(table).toMatchObject({ code: 1, stderr: expect.stringContaining('models/wrong.sql:1:8') });
  expect(table.stdout).toContain('net     DOUBLE\n  from  stg.usd\n');

  const sound = makeProject(files);
  expect(await runEtl(sound, ['lineage', 'total'])).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('did you mean "totals"?'),
  });
  expect((await runEtl(sound, ['lineage', 'stg.usdd'])).stderr).toContain(
    'stg has no column "usdd".\n  hint: did you mean "usd"?',
  );
  expect((await runEtl(sound, ['lineage'])).code).toBe(2);
});
