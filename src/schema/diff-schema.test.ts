import { expect, test } from 'vitest';
import { diffSchema } from './diff-schema.js';

const column = (name: string, type: string, fieldId?: number) => ({
  name,
  type,
  ...(fieldId !== undefined && { fieldId }),
});

test('a change deep inside a column carries its path, both types and the column', () => {
  const before = {
    columns: [column('orders', 'STRUCT(items STRUCT(sku VARCHAR, "a.b" INTEGER)[], m MAP(VARCHAR, DATE))')],
  };
  const after = {
    columns: [
      column('orders', 'STRUCT(items STRUCT(sku VARCHAR, "a.b" BIGINT)[], m MAP(VARCHAR, TIMESTAMP))'),
    ],
  };
  expect(diffSchema(before, after)).toEqual([
    {
      kind: 'type',
      rule: 'type-widened',
      path: 'orders.items[]."a.b"',
      column: 'orders',
      before: 'INTEGER',
      after: 'BIGINT',
    },
    {
      kind: 'type',
      rule: 'date-to-timestamp',
      path: 'orders.m[value]',
      column: 'orders',
      before: 'DATE',
      after: 'TIMESTAMP',
    },
  ]);
});

test('a declared rename is followed into the fields of the renamed column', () => {
  const before = { columns: [column('client', 'STRUCT(full_name VARCHAR, age INTEGER)')] };
  const after = { columns: [column('customer', 'STRUCT("name" VARCHAR, age SMALLINT)')] };
  const renames = { customer: 'client', 'customer.name': 'full_name' };
  expect(diffSchema(before, after, { renames })).toEqual([
    {
      kind: 'renamed',
      rule: 'column-renamed-declared',
      path: 'client',
      newPath: 'customer',
      column: 'client',
      before: 'client',
      after: 'customer',
    },
    {
      kind: 'renamed',
      rule: 'field-renamed-declared',
      path: 'client.full_name',
      newPath: 'customer.name',
      column: 'client',
      before: 'full_name',
      after: 'name',
    },
    {
      kind: 'type',
      rule: 'type-narrowed',
      path: 'client.age',
      column: 'client',
      before: 'INTEGER',
      after: 'SMALLINT',
    },
  ]);
});

test('columns with the same field id are one column under two names', () => {
  const before = { columns: [column('a', 'INTEGER', 1), column('b', 'DATE', 2)] };
  const after = { columns: [column('b2', 'DATE', 2), column('a', 'INTEGER', 1)] };
  expect(diffSchema(before, after).map(({ rule, before, after }) => [rule, before, after])).toEqual([
    ['column-renamed-declared', 'b', 'b2'],
    ['columns-reordered', 'a, b', 'b, a'],
  ]);
});

test('two columns that swapped their names are two changes of type, not a rename', () => {
  const before = { columns: [column('a', 'INTEGER'), column('b', 'DATE')] };
  const after = { columns: [column('a', 'DATE'), column('b', 'INTEGER')] };
  expect(diffSchema(before, after).map(({ rule }) => rule)).toEqual(['type-changed', 'type-changed']);
});

test('nullability and partition keys are told apart from types', () => {
  const before = { columns: [{ ...column('a', 'INTEGER'), nullable: false }], partitionBy: [] };
  const after = { columns: [column('a', 'INTEGER')], partitionBy: ['a'] };
  expect(diffSchema(before, after)).toEqual([
    {
      kind: 'nullability',
      rule: 'column-made-nullable',
      path: 'a',
      column: 'a',
      before: 'NOT NULL',
      after: 'nullable',
    },
    { kind: 'partition', rule: 'partition-keys-changed', path: '', before: 'none', after: 'a' },
  ]);
});
