import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkStorageKey } from './storage-key.js';
import { tableFolder } from './table-folder.js';

test('names that people use stay readable', () => {
  expect(tableFolder('stg_orders')).toBe('stg_orders');
  expect(tableFolder('shop.orders')).toBe('shop.orders');
  expect(tableFolder('shop.orders__rejected')).toBe('shop.orders__rejected');
  expect(tableFolder('dimCustomer')).toBe('dim%43ustomer');
  expect(tableFolder('_etl')).toBe('%5Fetl');
  expect(tableFolder('nul')).toBe('%6Eul');
  expect(tableFolder('größe')).toBe('gr%C3%B6%C3%9Fe');
});

test('different tables never share a folder, not even where case is ignored', () => {
  const name = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 60 }),
    fc.string({ unit: fc.constantFrom('a', 'A', '.', '%', '2', 'E', '~', '_', '/'), maxLength: 8 }),
    fc.constantFrom(
      'con',
      'CON',
      '%63on',
      'aux.x',
      '_etl',
      '_ETL',
      '..',
      '.',
      '',
      'a'.repeat(300),
      'A'.repeat(300),
    ),
  );
  fc.assert(
    fc.property(name, name, (a, b) => {
      checkStorageKey(tableFolder(a));
      expect(tableFolder(a).length).toBeLessThanOrEqual(120);
      expect(tableFolder(a).toLowerCase() === tableFolder(b).toLowerCase()).toBe(a === b);
    }),
    { numRuns: 3000 },
  );
});
