import { expect, test } from 'vitest';
import { makeProject, writeFiles } from '../support/cli.js';
import { etl } from '../support/pinned-project.js';

const file = (tests: string) => `/* model\nmaterialized: table\ntests: [${tests}]\n*/\n`;

const project = () =>
  makeProject({
    'sources.yml': `sources:
  shop:
    connector: file
    tables:
      orders:
        path: data/orders.csv
        columns: { day: { tests: [{ freshness: { error_after: 5200 weeks } }] } }
        tests: [{ row_count: { min: 1 } }]
`,
    'data/orders.csv': 'id,country,day\n1,de,2024-01-02\n',
    'seeds/countries.csv': 'code\nde\n',
    'seeds/countries.yml':
      'columns: { code: { tests: [unique, { relationships: { to: orders, field: country } }] } }\ntests: [{ row_count: { min: 1 } }]\n',
    'models/orders.sql': `${file('{ row_count: { min: 1, max: 9 } }, id > 0')}select * from shop.orders\n`,
    'models/latest.sql': `${file('{ not_null: day }')}select max(day) as day from orders\n`,
    'models/report.sql': `${file('id > 0')}select day, 1 as id from latest\n`,
    'tests/some_orders.sql': 'select 1 as nothing where not exists (from orders)\n',
  });

test('an --empty run skips what fails for want of rows, says why, and builds all the same', async () => {
  const folder = project();
  const run = await etl(folder, ['build', '--empty']);
  expect(
    run.stdout
      .match(/^SKIP.*$/gm)
      ?.map((line) => line.replace(/ +/g, ' '))
      .sort(),
  ).toEqual([
    'SKIP test freshness_shop_orders_day because shop.orders landed without rows (--empty)',
    'SKIP test not_null_latest_day because latest was built from no rows (--empty)',
    'SKIP test relationships_countries_code_orders_country because orders was built from no rows (--empty)',
    'SKIP test row_count_orders because orders was built from no rows (--empty)',
    'SKIP test row_count_shop_orders because shop.orders landed without rows (--empty)',
    'SKIP test some_orders because orders was built from no rows (--empty)',
  ]);
  expect(run.stdout).toContain('1 landed, 1 seeded, 3 built; 4 tests passed, 6 skipped.');
  expect(run.code).toBe(0);
  expect((await etl(folder, ['build', '--empty'])).stdout).toContain('Nothing to do: 5 nodes unchanged');
  expect(await etl(folder, ['test'])).toMatchObject({ code: 0 });

  // With its rows each of them is asked, and what seeds bring fails in any run.
  const full = await etl(folder, ['build']);
  expect(full.stdout).toContain('10 tests passed.');
  writeFiles(folder, { 'seeds/countries.csv': 'code\nde\nde\n' });
  const failed = await etl(folder, ['build', '--empty']);
  expect(failed.code).toBe(1);
  expect(failed.stdout).toContain('FAIL   test    unique_countries_code');
});
