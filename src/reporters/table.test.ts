import { expect, it } from 'vitest';
import type { TextStyle } from '../util/text-style.js';
import { renderTable } from './table.js';

const plain: TextStyle = { color: false, unicode: true, width: Number.POSITIVE_INFINITY };
const columns = [
  { name: 'order_id', type: 'BIGINT' },
  { name: 'name', type: 'VARCHAR' },
  { name: 'amount', type: 'DECIMAL(18,2)' },
  { name: 'items', type: 'STRUCT(sku VARCHAR, "count" HUGEINT)[]' },
];
const row = (id: number) => [BigInt(id), `name ${id}`, `${id}.50`, [{ sku: `a-${id}`, count: '3' }]];
const rows = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => row(from + i));

it('aligns numbers, marks NULL and shows nested and wide values', () => {
  const head = [
    [9007199254740993n, '日本 🚀', '12.50', [{ sku: "it's", count: '12345678901234567890' }]],
    [null, 'NULL', null, null],
    [1n, 'two\nlines\u001b[31m', '-0.01', []],
  ];
  expect(renderTable(columns, { head, rowCount: 3 }, plain)).toMatchInlineSnapshot(`
    "┌──────────────────┬──────────────────────┬───────────────┬───────────────────────────────────────────────────┐
    │         order_id │ name                 │        amount │ items                                             │
    │           bigint │ varchar              │ decimal(18,2) │ struct(sku varchar, "count" hugeint)[]            │
    ├──────────────────┼──────────────────────┼───────────────┼───────────────────────────────────────────────────┤
    │ 9007199254740993 │ 日本 🚀              │         12.50 │ [{'sku': 'it''s', 'count': 12345678901234567890}] │
    │             NULL │ 'NULL'               │          NULL │ NULL                                              │
    │                1 │ two\\nlines\\u001b[31m │         -0.01 │ []                                                │
    └──────────────────┴──────────────────────┴───────────────┴───────────────────────────────────────────────────┘
    3 rows"
  `);
});

it('shows the first and the last of many rows', () => {
  const many = { head: rows(1, 2), tail: rows(998, 999), rowCount: 999 };
  expect(renderTable(columns.slice(0, 2), many, plain)).toMatchInlineSnapshot(`
    "┌──────────┬──────────┐
    │ order_id │ name     │
    │   bigint │ varchar  │
    ├──────────┼──────────┤
    │        1 │ name 1   │
    │        2 │ name 2   │
    │    ·     │    ·     │
    │      998 │ name 998 │
    │      999 │ name 999 │
    └──────────┴──────────┘
    999 rows (4 shown)"
  `);
});

it('shows a table without rows', () => {
  expect(renderTable(columns.slice(0, 2), { head: [], rowCount: 0 }, plain)).toMatchInlineSnapshot(`
    "┌──────────┬─────────┐
    │ order_id │ name    │
    │   bigint │ varchar │
    ├──────────┼─────────┤
    └──────────┴─────────┘
    0 rows"
  `);
});

it('cuts long values to the width', () => {
  const head = [[1n, 'a long description that goes on and on and on', '1.00', []]];
  expect(renderTable(columns, { head, rowCount: 1 }, { ...plain, width: 64 })).toMatchInlineSnapshot(`
    "┌──────────┬─────────────────┬───────────────┬─────────────────┐
    │ order_id │ name            │        amount │ items           │
    │   bigint │ varchar         │ decimal(18,2) │ struct(sku var… │
    ├──────────┼─────────────────┼───────────────┼─────────────────┤
    │        1 │ a long descrip… │          1.00 │ []              │
    └──────────┴─────────────────┴───────────────┴─────────────────┘
    1 row"
  `);
});

it('leaves out columns in the middle', () => {
  const wide = Array.from({ length: 30 }, (_, i) => ({ name: `column_${i}`, type: 'INTEGER' }));
  const head = [wide.map((_, i) => i)];
  expect(renderTable(wide, { head, rowCount: 1 }, { ...plain, width: 50 })).toMatchInlineSnapshot(`
    "┌──────────┬──────────┬───┬───────────┐
    │ column_0 │ column_1 │ … │ column_29 │
    │  integer │  integer │ … │   integer │
    ├──────────┼──────────┼───┼───────────┤
    │        0 │        1 │ … │        29 │
    └──────────┴──────────┴───┴───────────┘
    1 row, 30 columns (3 shown)"
  `);
});

it('does without Unicode and without types', () => {
  const untyped = [{ name: 'id' }, { name: 'status' }];
  const head = [
    [1, 'lost'],
    [23, 'a status that is much too long to be shown'],
  ];
  const text = renderTable(untyped, { head, rowCount: 2 }, { ...plain, unicode: false, width: 30 }, false);
  expect(text).toMatchInlineSnapshot(`
    "+----+-----------------------+
    | id | status                |
    +----+-----------------------+
    |  1 | lost                  |
    | 23 | a status that is m... |
    +----+-----------------------+"
  `);
});
