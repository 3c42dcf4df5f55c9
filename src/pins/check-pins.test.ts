import { describe, expect, test } from 'vitest';
import { renderDiagnostics } from '../diagnostics/render-diagnostics.js';
import type { CompatibilityMode } from '../schema/compatibility.js';
import { type CheckPinsInput, checkPins } from './check-pins.js';
import { parsePin } from './parse-pin.js';
import { type PinFile, pinPath } from './pin-file.js';
import type { PinnedTable } from './pinned-table.js';

/** `id BIGINT NOT NULL; amount DECIMAL(18,2)`, with partition keys after a bar. */
function table(name: string, text: string, more: Partial<PinnedTable> = {}): PinnedTable {
  const [columns = '', keys = ''] = text.split('|');
  return {
    table: name,
    schema: {
      columns: columns.split(';').map((column) => {
        const [, column_ = '', type = '', required] = /^\s*(\S+)\s+(.*?)( NOT NULL)?\s*$/.exec(column)!;
        return { name: column_, type, nullable: required === undefined };
      }),
      partitionBy: keys.split(',').flatMap((key) => key.trim() || []),
    },
    renames: {},
    columnSpans: {},
    ...more,
  };
}

const orders =
  'id BIGINT NOT NULL; amount DECIMAL(18,2); items STRUCT(sku VARCHAR, n INTEGER)[]; month VARCHAR | month';

/** The pin files that a project with these tables has. */
function pinned(
  tables: readonly PinnedTable[],
  mode: CompatibilityMode = 'forward',
): ReadonlyMap<string, PinFile> {
  const { updates } = check(tables, { defaultMode: mode });
  return new Map(updates.map((update) => [update.table, parsePin(update.path, update.text!).value!]));
}

function check(tables: readonly PinnedTable[], more: Partial<CheckPinsInput> = {}) {
  return checkPins({
    tables,
    pins: new Map(),
    defaultMode: 'forward',
    frozen: false,
    consumers: (name, column) =>
      name === 'orders' && column !== 'month' ? ['revenue', 'weekly_report'] : [],
    ...more,
  });
}

/** What a person sees. */
function shown(input: ReturnType<typeof check>, pins: ReadonlyMap<string, PinFile>): string {
  const style = { color: false, unicode: true, width: 110 };
  return renderDiagnostics(
    input.diagnostics,
    style,
    (path) => [...pins.values()].find((pin) => pin.path === path)?.text,
  );
}

const before = [table('orders', orders)];
const pins = pinned(before);
const ordersNow = (text: string, more: Partial<PinnedTable> = {}) => [table('orders', text, more)];

describe('what a person sees', () => {
  const said = (text: string, more: Partial<PinnedTable> = {}) =>
    shown(check(ordersNow(text, more), { pins }), pins);

  test('a lossy type deep inside, a dropped column, a lost NOT NULL: all at once', () => {
    expect(
      said('id BIGINT; items STRUCT(sku VARCHAR, n FLOAT)[]; month VARCHAR | month'),
    ).toMatchInlineSnapshot(`
      "schemas/orders.yml:7:5  pin/breaking-change
        Column "id" of orders is no longer NOT NULL.
        Readers that rely on a value will meet NULL.
          7 │   - { id: 1, name: id, type: BIGINT, nullable: false }
            │     ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
        note: read by revenue, weekly_report
        note: rule column-made-nullable, mode forward
        hint: undo it, or accept it with \`etl pin orders\` and commit schemas/orders.yml

      schemas/orders.yml:11:11  pin/breaking-change
        Field "items[].n" of orders changes from INTEGER to FLOAT.
        Whole numbers beyond 2^24 lose their last digits.
         11 │     type: 'STRUCT(sku VARCHAR, n INTEGER)[]'
            │           ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
        note: read by revenue, weekly_report
        note: rule int-to-float, mode forward
        hint: undo it, or accept it with \`etl pin orders\` and commit schemas/orders.yml

      schemas/orders.yml:8:5  pin/breaking-change
        Column "amount" of orders is dropped; it was DECIMAL(18,2).
        Queries that name the column fail.
          8 │   - { id: 2, name: amount, type: 'DECIMAL(18,2)' }
            │     ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
        note: read by revenue, weekly_report
        note: rule column-dropped, mode forward
        hint: undo it, or accept it with \`etl pin orders\` and commit schemas/orders.yml

      3 errors
      "
    `);
  });

  test('an undeclared rename', () => {
    expect(said(orders.replace('amount', 'total'))).toMatchInlineSnapshot(`
      "schemas/orders.yml:8:5  pin/breaking-change
        Column "amount" of orders is now called "total".
        Queries that name the column fail.
          8 │   - { id: 2, name: amount, type: 'DECIMAL(18,2)' }
            │     ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
        note: read by revenue, weekly_report
        note: rule column-renamed, mode forward
        hint: if it is the same data, write \`renamed_from: amount\` at "total"; otherwise accept it with \`etl pin orders\` and commit schemas/orders.yml

      1 error
      "
    `);
  });

  test('an undeclared rename of a field, with the path that declares it', () => {
    expect(said(orders.replace('n INTEGER', 'quantity INTEGER'))).toContain(
      'write `renamed_from: n` at "items[].quantity"',
    );
  });

  test('other partition keys', () => {
    expect(said(orders.replace('| month', '| id, month'))).toMatchInlineSnapshot(`
      "schemas/orders.yml:5:15  pin/breaking-change
        The partition keys of orders change from month to id, month.
        Every file moves: paths and partition filters fail.
          5 │ partition_by: [month]
            │               ~~~~~~~
        note: read by revenue, weekly_report
        note: rule partition-keys-changed, mode forward
        hint: undo it, or accept it with \`etl pin orders\` and commit schemas/orders.yml

      1 error
      "
    `);
  });

  test('a declared rename is a warning', () => {
    expect(said(orders.replace('amount', 'total'), { renames: { total: 'amount' } })).toMatchInlineSnapshot(`
      "pin/risky-change (warning)
        Column "amount" of orders is now called "total".
        The field id stays, so readers by id follow; queries that use the old name fail.
        note: read by revenue, weekly_report
        note: rule column-renamed-declared, mode forward

      1 warning
      "
    `);
  });

  test('a pinned table that is gone', () => {
    expect(shown(check([], { pins }), pins)).toMatchInlineSnapshot(`
      "schemas/orders.yml:3:8  pin/table-dropped
        orders is pinned, but the project no longer publishes or lands it.
          3 │ table: orders
            │        ~~~~~~
        hint: bring it back, or let it go with \`etl pin orders\`

      1 error
      "
    `);
  });

  test('--frozen with a compatible change, and with a table that was never pinned', () => {
    const tables = [
      ...ordersNow(`${orders.replace(' |', '; note VARCHAR |')}`),
      table('customers', 'id BIGINT'),
    ];
    expect(shown(check(tables, { pins, frozen: true }), pins)).toMatchInlineSnapshot(`
      "schemas/orders.yml:3:8  pin/out-of-date
        The pin of orders does not say what the project makes.
          3 │ table: orders
            │        ~~~~~~
        note: Column "note" of orders is added: VARCHAR.
        hint: run \`etl pin orders\` and commit schemas/orders.yml

      pin/missing
        customers has no schema pin, and with --frozen none is written.
        hint: run \`etl pin customers\` and commit schemas/customers.yml

      2 errors
      "
    `);
  });

  test('a change that breaks the readers of an earlier schema only', () => {
    const history = pinned([table('orders', 'a INTEGER; b DATE')], 'backward_transitive');
    const second = check(ordersNow('a INTEGER'), { pins: history }).updates[0]!;
    const file = parsePin(second.path, second.text!).value!;
    const now = new Map([['orders', file]]);
    expect(shown(check(ordersNow('a INTEGER; b VARCHAR'), { pins: now }), now)).toMatchInlineSnapshot(`
      "schemas/orders.yml:3:8  pin/breaking-change
        Column "b" of orders changes from DATE to VARCHAR.
        Text sorts, compares and adds up differently.
          3 │ table: orders
            │        ~~~~~~
        note: read by revenue, weekly_report
        note: rule to-varchar, mode backward_transitive, compared with an earlier schema in the history
        hint: undo it, or accept it with \`etl pin orders\` and commit schemas/orders.yml

      1 error
      "
    `);
  });
});

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
