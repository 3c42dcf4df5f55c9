import { describe, expect, test } from 'vitest';
import { check, orders, pinned, table } from './check-pins-fixture.js';
import { parsePin } from './parse-pin.js';
import { pinPath } from './pin-file.js';
import type { PinnedTable } from './pinned-table.js';

const before = [table('orders', orders)];
const pins = pinned(before);
const ordersNow = (text: string, more: Partial<PinnedTable> = {}) => [table('orders', text, more)];

describe('what is updated', () => {
  test('nothing when nothing changed', () => {
    expect(check(before, { pins })).toMatchObject({ diagnostics: [], updates: [] });
    expect(check(before, { pins, frozen: true })).toMatchObject({ diagnostics: [], updates: [] });
  });

  test('a compatible change moves the pin and says so', () => {
    const { diagnostics, updates } = check(ordersNow(orders.replace('n INTEGER', 'n BIGINT, w DATE')), {
      pins,
    });
    expect(diagnostics).toEqual([]);
    expect(updates.map(({ kind, path, summary }) => [kind, path, summary])).toEqual([
      [
        'update',
        'schemas/orders.yml',
        [
          'Field "items[].n" of orders changes from INTEGER to BIGINT.',
          'Field "items[].w" of orders is added: DATE.',
        ],
      ],
    ]);
    const pin = updates[0]!.pin!;
    expect(pin.columns[2]!.nestedIds).toEqual({ '[]': 4, '[].sku': 5, '[].n': 6, '[].w': 8 });
    expect(parsePin(updates[0]!.path, updates[0]!.text!).value?.pin).toEqual(pin);
  });

  test('a table with a breaking change is not, others are', () => {
    const tables = [...ordersNow(orders.replace('BIGINT', 'INTEGER')), table('customers', 'id BIGINT')];
    const { diagnostics, updates } = check(tables, { pins });
    expect(diagnostics.map((diagnostic) => diagnostic.code)).toEqual(['pin/breaking-change']);
    expect(updates.map(({ kind, path, summary }) => [kind, path, summary])).toEqual([
      ['create', 'schemas/customers.yml', ['customers is pinned with 1 column.']],
    ]);
  });

  test('accepted changes are, and a dropped table loses its pin', () => {
    const accepted = check(ordersNow(orders.replace('BIGINT', 'INTEGER')), {
      pins,
      accept: new Set(['orders']),
    });
    expect(accepted.diagnostics).toEqual([]);
    expect(accepted.updates[0]).toMatchObject({ kind: 'update', findings: [{ class: 'breaking' }] });
    expect(accepted.updates[0]?.pin?.columns[0]).toMatchObject({ fieldId: 1, type: 'INTEGER' });
    expect(accepted.pins.get('orders')).toBe(accepted.updates[0]?.pin);
    expect(check([], { pins, accept: 'all' }).pins.size).toBe(0);
    expect(check([], { pins, accept: 'all' }).updates).toMatchObject([
      { kind: 'delete', path: pinPath('orders') },
    ]);
    expect(check(before, { pins, accept: 'all' }).updates).toEqual([]);
  });

  test('accepting a breaking change begins a transitive history anew', () => {
    const transitive = pinned(before, 'full_transitive');
    const safe = check(ordersNow(orders.replace(' |', '; note VARCHAR |')), { pins: transitive }).updates[0]!;
    expect(safe.pin?.history).toHaveLength(1);
    const now = new Map([['orders', parsePin(safe.path, safe.text!).value!]]);
    const broken = check(ordersNow(orders.replace('BIGINT', 'INTEGER')), { pins: now, accept: 'all' })
      .updates[0]!;
    expect(broken.pin?.history).toEqual([]);
  });

  test('a mode that the project demands is pinned and judged by', () => {
    const { diagnostics, updates } = check(
      ordersNow(orders.replace('id BIGINT', 'id INTEGER'), { mode: 'none' }),
      { pins },
    );
    expect(diagnostics).toEqual([]);
    expect(updates[0]).toMatchObject({
      pin: { mode: 'none' },
      summary: [
        'The mode of orders changes from forward to none.',
        'Column "id" of orders changes from BIGINT to INTEGER.',
      ],
    });
  });

  test('without a pin the lake is what readers rely on', () => {
    const { columns, partitionBy = [] } = table('orders', orders).schema;
    const lake = { columns: columns.map(({ name, type }) => ({ name, type })), partitionBy };
    const unchanged = check(ordersNow(orders, { lake }));
    expect(unchanged.diagnostics).toEqual([]);
    expect(unchanged.updates[0]?.summary).toEqual(['orders is pinned with 4 columns.']);
    const { diagnostics, updates } = check(ordersNow(orders.replace('amount DECIMAL(18,2); ', ''), { lake }));
    expect(diagnostics.map((diagnostic) => diagnostic.message.split('\n')[0])).toEqual([
      'Column "amount" of orders is dropped; it was DECIMAL(18,2).',
    ]);
    expect(updates).toEqual([]);
  });

  test('what was accepted in the pin may differ from the lake until it is built', () => {
    const lake = table('orders', orders.replace('BIGINT', 'VARCHAR')).schema;
    expect(check(ordersNow(orders, { lake }), { pins })).toMatchObject({ diagnostics: [], updates: [] });
  });
});
