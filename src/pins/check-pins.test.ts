import { describe, expect, test } from 'vitest';
import { check, orders, pinned, shown, table } from './check-pins-fixture.js';
import { parsePin } from './parse-pin.js';
import type { PinnedTable } from './pinned-table.js';

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
