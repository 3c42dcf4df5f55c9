import { describe, expect, test } from 'vitest';
import { connectionOfTest } from '../../test/support/connection.js';
import { landingProjection } from '../schema/landing-projection.js';
import { emptyPin, updatePin } from '../schema/pin.js';
import { onSchemaChange } from './on-schema-change.js';

const schema = (types: Record<string, string>, required: readonly string[] = []) => ({
  columns: Object.entries(types).map(([name, type]) => ({ name, type, nullable: !required.includes(name) })),
});
const pin = updatePin(
  emptyPin('shop.orders', 'forward'),
  schema({ id: 'BIGINT', note: 'VARCHAR', at: 'DATE' }, ['id']),
);
const wider = schema({ id: 'BIGINT', note: 'VARCHAR', at: 'DATE', extra: 'INTEGER' });
const other = schema({ id: 'INTEGER', NOTE: 'VARCHAR', extra: 'INTEGER' });

test('what is pinned lands under every policy, and without a pin whatever is found', () => {
  for (const policy of ['fail', 'evolve', 'ignore'] as const) {
    const found = schema({ id: 'BIGINT', note: 'VARCHAR', at: 'DATE' });
    const pinned = onSchemaChange('shop.orders', pin, found, policy);
    expect(pinned).toEqual({ schema: found, findings: [], diagnostics: [] });
    expect(pinned.schema, 'what is found lands as it is, and under the same key').toBe(found);
    expect(onSchemaChange('shop.orders', undefined, other, policy)).toEqual({
      schema: other,
      findings: [],
      diagnostics: [],
    });
  }
});

describe('a source that changed', () => {
  test('fails, each change named', () => {
    const { diagnostics } = onSchemaChange('shop.orders', pin, wider, 'fail');
    expect(diagnostics).toEqual([
      {
        code: 'pin/source-changed',
        severity: 'error',
        message: 'The columns of shop.orders are not the pinned ones.',
        notes: [
          {
            message:
              'Column "extra" of shop.orders is added: INTEGER. Readers that do not know the column leave it out.',
          },
        ],
        hint: 'accept them with `etl pin shop.orders`, or set on_schema_change: evolve (or ignore) at the source',
      },
    ]);
  });

  test('evolves as far as the pin allows', () => {
    const allowed = onSchemaChange('shop.orders', pin, wider, 'evolve');
    expect(allowed).toMatchObject({ schema: wider, diagnostics: [] });
    const refused = onSchemaChange('shop.orders', pin, other, 'evolve');
    expect(refused.diagnostics[0]?.notes?.map((note) => note.message.split('.')[0])).toEqual([
      'Column "note" of shop',
      'Column "at" of shop',
    ]);
  });

  test('lands a struct with its new fields', () => {
    const before = updatePin(emptyPin('s.t', 'forward'), schema({ x: 'STRUCT(a VARCHAR)' }));
    const found = schema({ x: 'STRUCT(a VARCHAR, b BOOLEAN)' });
    expect(onSchemaChange('s.t', before, found, 'evolve').schema).toBe(found);
  });

  test('lands a narrower type as the pinned one, but for a type that somebody declared', () => {
    const types = { whole: 'DOUBLE', small: 'BIGINT', code: 'VARCHAR', at: 'TIMESTAMP', price: 'VARCHAR' };
    const wide = updatePin(emptyPin('shop.orders', 'forward'), schema(types));
    const found = schema({ ...types, whole: 'BIGINT', small: 'INTEGER', code: 'BIGINT', at: 'DATE' });
    const held = onSchemaChange('shop.orders', wide, found, 'evolve');
    expect(held).toEqual({ schema: schema(types), findings: [], diagnostics: [] });
    const declared = onSchemaChange('shop.orders', wide, found, 'evolve', { declared: ['Whole'] });
    expect(declared.diagnostics[0]?.notes?.map((note) => note.message.split('.')[0])).toEqual([
      'Column "whole" of shop',
    ]);
    // 1.50 as a number is no longer the text that it was.
    const priced = schema({ ...types, price: 'DOUBLE' });
    expect(onSchemaChange('shop.orders', wide, priced, 'evolve').diagnostics).toHaveLength(1);
  });

  test('is ignored: the pinned columns land', async () => {
    const { schema: land, diagnostics } = onSchemaChange('shop.orders', pin, other, 'ignore');
    expect(diagnostics.map(({ severity, code }) => [severity, code])).toEqual([
      ['warning', 'pin/source-changed'],
    ]);
    const { connection } = await connectionOfTest({ threads: 1 });
    const list = landingProjection(other, land);
    expect(list).toBe('cast("id" as BIGINT) AS "id", "NOTE" AS "note", cast(NULL as DATE) AS "at"');
    const rows = await connection.rows(`select ${list} from (select 1::integer id, 'x' "NOTE", 2 extra)`);
    expect(rows).toEqual([{ id: 1n, note: 'x', at: null }]);
  });

  test('cannot be ignored once a required column is gone', () => {
    const { diagnostics } = onSchemaChange(
      'shop.orders',
      pin,
      schema({ note: 'VARCHAR', at: 'DATE' }),
      'ignore',
    );
    expect(diagnostics).toMatchObject([
      { severity: 'error', message: 'shop.orders lost a column that is pinned as NOT NULL.' },
    ]);
  });
});
