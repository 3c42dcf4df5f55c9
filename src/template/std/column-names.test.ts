import type { RawBuilder } from 'kysely';
import { describe, expect, it } from 'vitest';
import { toSql } from '../duckdb-query-compiler.js';
import { withContext } from '../expansion-context.js';
import { ref } from '../relation.js';
import { sql } from '../sql-tag.js';
import { context } from './context-fixture.js';
import {
  asOfJoin,
  dedupe,
  latestPerKey,
  pivot,
  surrogateKey,
  unionRelations,
  unpivot,
} from './standard-library.js';

describe('columns of one name', () => {
  const inModel = (make: () => RawBuilder<unknown>) => () => withContext(context, () => toSql(make()));
  const asOf = { key: 'id', at: 'at', validFrom: 'since' } as const;
  const query = sql<Record<string, unknown>>`(select 1 as id)`;
  const pivoted = { on: 'method', value: 'amount', groupBy: 'id' };
  const refused: readonly (readonly [make: () => RawBuilder<unknown>, message: string])[] = [
    [
      () => asOfJoin(ref('orders'), ref('customers'), { ...asOf, columns: ['tier', 'METHOD'] }),
      'asOfJoin would give two columns named "METHOD".',
    ],
    [
      () => asOfJoin(query, ref('customers'), { ...asOf, columns: ['id'] }),
      'asOfJoin would give two columns named "id".',
    ],
    [
      () => unionRelations([ref('orders'), ref('b')], { sourceColumn: 'Amount' }),
      'unionRelations would give two columns named "Amount".',
    ],
    [
      () => unpivot(ref('orders'), { columns: ['amount'], name: 'id' }),
      'unpivot would give two columns named "id".',
    ],
    [
      () => unpivot(query, { columns: ['amount'], name: 'x', value: 'X' }),
      'unpivot would give two columns named "X".',
    ],
    [() => pivot(query, { ...pivoted, values: ['a', 'A'] }), 'pivot would give two columns named "A".'],
    [
      () => pivot(query, { ...pivoted, values: [null, 'null'] }),
      'pivot would give two columns named "null".',
    ],
    [() => pivot(query, { ...pivoted, values: ['ID'] }), 'pivot would give two columns named "ID".'],
  ];

  it.each(refused)('%s', (make, message) => {
    expect(inModel(make)).toThrow(message);
  });

  it('are fine where one of them goes, or where columns cannot be known', () => {
    expect(inModel(() => unpivot(ref('orders'), { columns: ['amount', 'id'], name: 'ID' }))).not.toThrow();
    expect(inModel(() => pivot(query, { ...pivoted, values: ['id'], prefix: 'n_' }))).not.toThrow();
    expect(() => toSql(unpivot(ref('orders'), { columns: ['amount'], name: 'id' }))).not.toThrow();
    expect(inModel(() => unionRelations([ref('m')], { sourceColumn: 'id' }))).not.toThrow();
  });
});

describe('lists of no columns', () => {
  it('are refused', () => {
    const orders = ref('orders');
    expect(() => surrogateKey(orders, [])).toThrow('surrogateKey needs at least one column.');
    expect(() => dedupe(orders, { key: [], orderBy: 'at' })).toThrow(
      'dedupe needs at least one column in key.',
    );
    expect(() => dedupe(orders, { key: 'id', orderBy: [] })).toThrow(
      'dedupe needs at least one column in orderBy.',
    );
    expect(() => latestPerKey(orders, { key: [], at: 'at' })).toThrow(
      'latestPerKey needs at least one column in key.',
    );
    expect(() => unpivot(orders, { columns: [] })).toThrow('unpivot needs at least one column in columns.');
    expect(() => pivot(orders, { on: 'method', values: [], value: 'amount', groupBy: [] })).toThrow(
      'pivot needs at least one column in values and groupBy.',
    );
  });
});
