import { expect, test } from 'vitest';
import { makeProject, runEtl, writeFiles } from '../support/cli.js';

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();

test('a source whose newest row is old warns, and fails when it is older', async () => {
  const orders = (hours: number) => `id,at\n1,2020-01-01T00:00:00Z\n2,${hoursAgo(hours)}\n`;
  const folder = makeProject({
    'sources.yml': `sources:
  shop:
    connector: file
    tables:
      orders:
        path: data/orders.csv
        columns:
          at: { tests: [{ freshness: { warn_after: 12 hours, error_after: 2 days } }] }
`,
    'data/orders.csv': orders(1),
    'models/o.sql': 'from shop.orders',
  });
  const fresh = await runEtl(folder, ['build']);
  expect(fresh, fresh.output).toMatchObject({ code: 0, stdout: expect.not.stringContaining('freshness') });
  // Nothing has changed, but time has gone on.
  expect((await runEtl(folder, ['build'])).stdout).toContain('1 test passed.');

  writeFiles(folder, { 'data/orders.csv': orders(24) });
  const late = await runEtl(folder, ['build']);
  expect(late, late.output).toMatchObject({ code: 0 });
  expect(late.stdout).toMatch(/WARN +test +freshness_shop_orders_at {2}1 failing row/);
  expect(late.stdout).toMatch(/1 day[ :\d]* │ 12 hours/);

  writeFiles(folder, { 'data/orders.csv': orders(72) });
  const stale = await runEtl(folder, ['build']);
  expect(stale.code).toBe(1);
  expect(stale.stdout).toMatch(/FAIL +test +freshness_shop_orders_at/);
  expect((await runEtl(folder, ['test', '-s', 'test_name:freshness'])).stdout).toMatch(/WARN +test/);
});
