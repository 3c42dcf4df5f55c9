import { expect, test } from 'vitest';
import { sketchManifest, sketchTest } from '../../test/support/manifest.js';
import type { ManifestTest } from '../ir/manifest.js';
import type { UnitTest } from '../ir/unit-test.js';
import { emptyTables } from './empty-tables.js';

const manifest = sketchManifest([
  { name: 'shop.orders' },
  { name: 'shop.full' },
  { name: 'rates', kind: 'seed' },
  { name: 'made_up', config: { materialized: 'ephemeral' } },
  { name: 'orders', inputs: ['shop.orders'] },
  { name: 'priced', inputs: ['orders', 'rates'] },
  { name: 'days', inputs: ['made_up', 'orders'] },
]);
const samples: Readonly<Record<string, string>> = {
  'shop.orders': 'empty',
  orders: 'empty',
  priced: 'empty',
  days: '10%, empty',
  'shop.full': '10%',
};
const excuseOf = emptyTables({ manifest, sampleOf: (name) => samples[name] });
const excused = (reads: readonly string[], more: Partial<ManifestTest> = {}) =>
  excuseOf({ ...sketchTest('t', reads), ...more });

test('a test that needs rows says nothing of a table without', () => {
  const because = 'shop.orders landed without rows (--empty)';
  expect(excused(['shop.orders'], { needsRowsOf: 'shop.orders' })).toBe(because);
  expect(excused(['priced'], { needsRowsOf: 'priced' })).toBe('priced was built from no rows (--empty)');
  expect(excused(['orders', 'rates'], { needsRowsOf: 'orders' })).toBeDefined();
  for (const table of ['shop.full', 'rates', 'made_up'])
    expect(excused([table], { needsRowsOf: table })).toBeUndefined();
});

test('so does any test that reads nothing else, and no other', () => {
  expect(excused(['orders', 'shop.orders'])).toBe('orders was built from no rows (--empty)');
  for (const reads of [['priced'], ['days'], ['orders', 'rates'], ['orders', 'shop.full'], []])
    expect(excused(reads)).toBeUndefined();
  const unit = { given: [], expect: [], columns: [] } as unknown as UnitTest;
  expect(excused([], { unit })).toBeUndefined();
});
