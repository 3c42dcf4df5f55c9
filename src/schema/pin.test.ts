import path from 'node:path';
import { expect, test } from 'vitest';
import { connectionOfFile } from '../../test/support/connection.js';
import { folderOfFile } from '../../test/support/temporary-folder.js';
import { quoteString } from '../util/sql-quote.js';
import { fieldIdsOption } from './field-ids-option.js';
import { emptyPin, type Pin, updatePin } from './pin.js';

const { connection } = await connectionOfFile({ threads: 1 });
const folder = await folderOfFile('pins');

const schema = (columns: Record<string, string>, partitionBy: readonly string[] = []) => ({
  columns: Object.entries(columns).map(([name, type]) => ({ name, type })),
  partitionBy,
});
const idsOf = (pin: Pin) =>
  Object.fromEntries(
    pin.columns.flatMap(({ name, fieldId, nestedIds }) => [
      [name, fieldId],
      ...Object.entries(nestedIds).map(([inside, id]) => [`${name} ${inside}`, id]),
    ]),
  );

test('a new pin numbers columns and what is inside them, in order', () => {
  const pin = updatePin(
    emptyPin('t', 'forward'),
    schema({ id: 'BIGINT', items: 'STRUCT(sku VARCHAR, n INTEGER)[]', m: 'MAP(VARCHAR, DATE)' }),
  );
  expect(idsOf(pin)).toEqual({
    id: 1,
    items: 2,
    'items []': 3,
    'items [].sku': 4,
    'items [].n': 5,
    m: 6,
    'm [key]': 7,
    'm [value]': 8,
  });
  expect(pin.lastFieldId).toBe(8);
});

test('ids follow names and declared renames, survive reordering, and are never used again', () => {
  const first = updatePin(
    emptyPin('t', 'forward'),
    schema({ a: 'INTEGER', b: 'STRUCT(x INTEGER, y DATE)', c: 'DATE' }),
  );
  const second = updatePin(first, schema({ c: 'DATE', person: 'STRUCT(z INTEGER, y DATE, w DATE)' }), {
    renames: { person: 'b', 'person.z': 'x' },
  });
  expect(idsOf(first)).toEqual({ a: 1, b: 2, 'b x': 3, 'b y': 4, c: 5 });
  expect(idsOf(second)).toEqual({ c: 5, person: 2, 'person z': 3, 'person y': 4, 'person w': 6 });
  const third = updatePin(second, schema({ a: 'INTEGER', c: 'DATE', person: 'STRUCT(z INTEGER)' }));
  expect(idsOf(third)).toEqual({ a: 7, c: 5, person: 2, 'person z': 3 });
  expect(updatePin(third, third)).toEqual(third);
});

test('earlier schemas are kept for transitive modes only', () => {
  const [one, two] = [schema({ a: 'INTEGER' }), schema({ a: 'BIGINT' })];
  const plain = updatePin(updatePin(emptyPin('t', 'forward'), one), two);
  expect(plain.history).toEqual([]);
  const transitive = updatePin(updatePin(emptyPin('t', 'full_transitive'), one), two);
  expect(transitive.history.map((old) => old.columns.map((column) => column.type))).toEqual([['INTEGER']]);
  expect(updatePin(transitive, two).history).toHaveLength(1);
});

test('Parquet files carry the ids, inside lists, structs and maps too', async () => {
  const select = `select 1::bigint as id, 'x' as "it's", [{'sku': 'a', 'p q': [1.5]}] as "order",
    map {'k': {'v': 1}} as m, {'s': {'t': 1}} as nested`;
  const columns = (await connection.rows(`describe ${select}`)).map((row) => ({
    name: row.column_name as string,
    type: row.column_type as string,
  }));
  const pin = updatePin(emptyPin('t', 'forward'), { columns });
  const file = quoteString(path.join(folder, 'ids.parquet'));
  await connection.run(
    `copy (${select}) to ${file} (format parquet, field_ids ${fieldIdsOption(pin.columns)})`,
  );
  const written = await connection.rows(
    `select name, field_id from parquet_schema(${file}) where field_id is not null`,
  );
  expect(written.map((row) => `${row.name} ${row.field_id}`)).toEqual([
    'id 1',
    "it's 2",
    'order 3',
    'element 4',
    'sku 5',
    'p q 6',
    'element 7',
    'm 8',
    'key 9',
    'value 10',
    'v 11',
    'nested 12',
    's 13',
    't 14',
  ]);
  expect(fieldIdsOption(pin.columns.slice(0, 3))).toBe(
    `{"id": 1, "it's": 2, "order": {__duckdb_field_id: 3, "element": {__duckdb_field_id: 4, "sku": 5, "p q": {__duckdb_field_id: 6, "element": 7}}}}`,
  );
});
