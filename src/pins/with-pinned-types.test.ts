import { expect, test } from 'vitest';
import { emptyPin, updatePin } from '../schema/pin.js';
import { withPinnedTypes } from './with-pinned-types.js';

const schema = (types: Record<string, string>) => ({
  columns: Object.entries(types).map(([name, type]) => ({ name, type })),
});
const pin = updatePin(
  emptyPin('shop.orders', 'forward'),
  schema({
    id: 'BIGINT',
    o: 'STRUCT(x DATE, y DOUBLE)',
    l: 'STRUCT(p DATE)[]',
    m: 'MAP(VARCHAR, STRUCT(p INTEGER))',
    old: 'DATE',
  }),
);
const typesOf = (found: Record<string, string>, untyped: string[], renames = {}) =>
  Object.fromEntries(
    withPinnedTypes(schema(found), pin, untyped, renames).columns.map(({ name, type }) => [name, type]),
  );

test('what has no value takes the pinned type, by its place, and all else stays', () => {
  expect(typesOf({ ID: 'VARCHAR', more: 'VARCHAR' }, ['ID', 'more'])).toEqual({
    ID: 'BIGINT',
    more: 'VARCHAR',
  });
  expect(typesOf({ id: 'VARCHAR', o: 'VARCHAR' }, ['o'])).toEqual({
    id: 'VARCHAR',
    o: 'STRUCT(x DATE, y DOUBLE)',
  });
  expect(
    typesOf({ o: 'STRUCT(y BIGINT, x JSON, z JSON)', l: 'JSON[]', m: 'MAP(VARCHAR, STRUCT(p JSON))' }, [
      'o.x',
      'o.z',
      'l[]',
      'm[value].p',
    ]),
  ).toEqual({
    o: 'STRUCT(y BIGINT, x DATE, z JSON)',
    l: 'STRUCT(p DATE)[]',
    m: 'MAP(VARCHAR, STRUCT(p INTEGER))',
  });
});

test('a column is known by its old name, and one of another shape is not', () => {
  expect(typesOf({ now: 'VARCHAR' }, ['now'], { now: 'old' })).toEqual({ now: 'DATE' });
  expect(typesOf({ o: 'STRUCT(z JSON)' }, ['o.z'], { 'o.z': 'x' })).toEqual({ o: 'STRUCT(z DATE)' });
  expect(typesOf({ o: 'JSON[]' }, ['o[]'])).toEqual({ o: 'JSON[]' });
});

test('what is found as it is pinned is the same value', () => {
  const found = schema({ id: 'BIGINT', more: 'VARCHAR' });
  expect(withPinnedTypes(found, pin, ['more'])).toBe(found);
});
