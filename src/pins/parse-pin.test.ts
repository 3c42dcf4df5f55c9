import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CompatibilityMode, compatibilityModes } from '../schema/compatibility.js';
import { emptyPin, updatePin } from '../schema/pin.js';
import { parseOwnPin } from './parse-own-pin.js';
import { parsePin } from './parse-pin.js';
import { pinPath } from './pin-file.js';
import { printPin } from './print-pin.js';

const columns = (types: Record<string, string>) =>
  Object.entries(types).map(([name, type]) => ({ name, type, nullable: name !== 'order_id' }));

test('a pin is printed one line a column, with the ids of nested fields', () => {
  const first = updatePin(emptyPin('orders', 'full_transitive'), {
    columns: columns({ order_id: 'INTEGER' }),
  });
  const pin = updatePin(first, {
    columns: columns({
      order_id: 'BIGINT',
      amount: 'DECIMAL(18,2)',
      'net "total"': 'DOUBLE',
      no: 'TIMESTAMP WITH TIME ZONE',
      items: 'STRUCT(sku VARCHAR, "it\'s" INTEGER)[]',
      month: 'VARCHAR',
    }),
    partitionBy: ['month'],
  });
  expect(printPin(pin)).toMatchInlineSnapshot(`
    "# The schema that readers of orders rely on. Review it like a lockfile; \`etl pin orders\` changes it.
    format: 1
    table: orders
    mode: full_transitive
    partition_by: [month]
    columns:
      - { id: 1, name: order_id, type: BIGINT, nullable: false }
      - { id: 2, name: amount, type: 'DECIMAL(18,2)' }
      - { id: 3, name: 'net "total"', type: DOUBLE }
      - { id: 4, name: 'no', type: TIMESTAMP WITH TIME ZONE }
      - id: 5
        name: items
        type: 'STRUCT(sku VARCHAR, "it''s" INTEGER)[]'
        inside:
          '[]': 6
          '[].sku': 7
          '[].it''s': 8
      - { id: 9, name: month, type: VARCHAR }
    # Ids are counted up from here and never used again, not even when a column goes.
    last_field_id: 9
    # Earlier schemas, newest first: mode full_transitive compares with all of them.
    history:
      - columns:
          - { id: 1, name: order_id, type: INTEGER, nullable: false }
    "
  `);
  expect(parsePin('schemas/orders.yml', printPin(pin))).toMatchObject({ value: { pin }, diagnostics: [] });
});

test('any names and types survive the file', () => {
  const name = fc
    .string({ minLength: 1, unit: 'binary' })
    .filter((text) => !text.includes('\0') && text.trim() !== '')
    .filter((text) => !/[\ud800-\udfff]/u.test(text));
  const type = fc.constantFrom(
    'BIGINT',
    'DECIMAL(9,2)',
    "ENUM('a', '\n', 'no')",
    'STRUCT("a b" VARCHAR[], "\u2028" MAP(VARCHAR, DATE))',
  );
  fc.assert(
    fc.property(
      fc.constantFrom<CompatibilityMode>(...compatibilityModes),
      fc.uniqueArray(fc.tuple(name, type), {
        selector: ([key]) => key.toLowerCase(),
        minLength: 1,
        maxLength: 4,
      }),
      (mode, entries) => {
        const pin = updatePin(emptyPin('web.clicks', mode), {
          columns: entries.map(([key, value]) => ({ name: key, type: value })),
          partitionBy: entries.slice(0, 1).map(([key]) => key),
        });
        const read = parsePin(pinPath('web.clicks'), printPin(pin));
        expect(read.diagnostics).toEqual([]);
        expect(read.value?.pin).toEqual(pin);
        expect(parseOwnPin(pinPath('web.clicks'), printPin(pin))).toEqual(read.value);
      },
    ),
    {
      examples: [
        [
          'forward',
          [
            ['__proto__', 'STRUCT(__proto__ INTEGER, "constructor" DATE)'],
            ['constructor', 'BIGINT'],
          ],
        ],
      ],
    },
  );
});

describe('a pin that cannot be read says why and where', () => {
  const good = `format: 1
table: orders
mode: forward
partition_by: [month]
columns:
  - { id: 1, name: month, type: DATE }
  - { id: 2, name: amount, type: 'DECIMAL(18,2)', nullable: false }
last_field_id: 2
`;
  const printed = printPin(parsePin('schemas/orders.yml', good).value!.pin);
  test.each([
    ['id: 2', 'id: 1'],
    ['last_field_id: 2', 'last_field_id: 1'],
    ['name: amount', 'name: month'],
    ["'DECIMAL(18,2)'", "'DECIMAL(18,2'"],
    ['table: orders', 'table: order'],
    ['mode: forward', 'mode: sideways'],
    ['[month]', '[day]'],
  ])('the fast parser leaves what is wrong to the one that explains it: %s → %s', (from, to) => {
    expect(parseOwnPin('schemas/orders.yml', printed)?.pin.columns).toHaveLength(2);
    expect(parseOwnPin('schemas/orders.yml', printed.replace(from, to))).toBeUndefined();
  });
  test('the unchanged one is good', () => {
    const { value, diagnostics } = parsePin('schemas/orders.yml', good);
    expect(diagnostics).toEqual([]);
    expect(value?.columnSpans.amount?.start).toMatchObject({ line: 7, column: 5 });
  });
  test.each([
    ['format: 1', 'format: 2', '1:9', 'This version reads pins of format 1 only.'],
    ['table: orders', 'table: order', '2:8', 'The pin of order belongs into schemas/order.yml.'],
    ['mode: forward', 'mode: sideways', '3:7', 'The mode is one of forward,'],
    ['[month]', '[day]', '4:15', 'Partition key "day" is not one of the columns.'],
    ['[month]', 'month', '4:15', 'partition_by is a list.'],
    ['type: DATE', 'type: DATE]', '6:37', 'Flow map'],
    [
      'type: DATE',
      'type: STRUCT(',
      '6:33',
      '"STRUCT(" is not a DuckDB type: expected a type at character 8.',
    ],
    ['id: 2', 'id: 1', '7:5', 'Field id 1 belongs to "month" already.'],
    ['id: 2', 'id: 0', '7:11', 'A field id is a whole number above 0.'],
    ['last_field_id: 2', 'last_field_id: 1', '7:5', 'Field id 2 is higher than last_field_id, 1.'],
    ['last_field_id: 2', '', '1:1', 'The key last_field_id with a whole number is missing.'],
    ['name: amount', 'name: month', '7:5', 'Column "month" stands here twice.'],
    ['mode: forward', 'mode: forward\nmod: x', '4:1', 'A pin has no key "mod" here.'],
    ['format: 1', '<<<<<<< HEAD\nformat: 1', '1:1', 'This pin holds a merge conflict that is not resolved.'],
    ['type: DATE', 'type: DATUM', '6:33', 'DuckDB has no type "DATUM".'],
    ['type: DATE', "type: 'MAP(DATE, STRUCT(a NOTATYPE[]))'", '6:33', 'DuckDB has no type "NOTATYPE".'],
  ])('%s → %s', (from, to, place, message) => {
    const { value, diagnostics } = parsePin('schemas/orders.yml', good.replace(from, to));
    expect(value).toBeUndefined();
    expect(parseOwnPin('schemas/orders.yml', good.replace(from, to))).toBeUndefined();
    const { line, column } = diagnostics[0]!.span!.start;
    expect(`${line}:${column}  ${diagnostics[0]!.message}`).toContain(`${place}  ${message}`);
  });
  test('an empty file', () => {
    expect(parsePin('schemas/orders.yml', '').diagnostics).toMatchObject([{ code: 'pin/invalid' }]);
  });
});
