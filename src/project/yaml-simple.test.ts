import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseFullYaml } from './yaml-full.js';
import { parseSimpleYaml } from './yaml-simple.js';

const simple = `
description: One row per order, priced in dollars.   # comment
materialized: incremental
unique_key: order_id
partition_by: [order_month, 'b c', "d"]
begin: 2024-01-01
lookback: 3
rate: -0.25
empty:
flag: true
# a comment
columns:
  order_id: { description: Primary key., tests: [not_null, unique] }

  status:
    tests:
    - accepted_values: [placed, shipped]
      severity: warn
    - not_null
tests:
  - amount >= 0
  - row_count: { min: 1 }
constructor: null
`;

describe('parseSimpleYaml', () => {
  test('takes ordinary front matter and agrees with the full parser on values and places', () => {
    expect(parseSimpleYaml(simple)).toEqual(parseFullYaml(simple).root);
  });

  test.each([
    'a: |\n  text',
    'a: b\n  c',
    'a: "\\n"',
    "a: 'it''s'",
    'a: *b',
    'a: &x 1',
    'a: 1\na: 2',
    'a: [1,\n 2]',
    'a: b: c',
    'a:\tb',
    '- a\n b',
    'a:\n   b: 1\n  c: 2',
    'a: 0x1f',
    'a: ~',
    'null: 1',
    '--- \na: 1',
    'just text',
    'a: {b}',
    'a: [b: c]',
    'a: -',
    '? a\n: b',
  ])('leaves %j to the full parser', (text) => {
    expect(parseSimpleYaml(text)).toBeUndefined();
  });

  test('whatever it takes, it reads as the full parser does', () => {
    const piece = fc.constantFrom(
      ...['a', 'b: ', 'key:', ' ', '  ', '\n', '\n  ', '\n- ', '- ', '[', ']', '{', '}', ', ', ',', "'", '"'],
      ...[
        '#',
        ' # c',
        ':',
        '1',
        '-',
        '.5',
        'true',
        'null',
        'é',
        '😀',
        '\n    ',
        '2024-01-01',
        'x y',
        '|',
        '*',
      ],
    );
    let taken = 0;
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const text = pieces.join('');
        const node = parseSimpleYaml(text);
        if (!node) return;
        taken++;
        expect(parseFullYaml(text)).toEqual({ root: node, problems: [] });
      }),
      { numRuns: 20_000 },
    );
    expect(taken).toBeGreaterThan(500);
  });
});
