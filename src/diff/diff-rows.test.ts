import { expect, test } from 'vitest';
import { connectionOfFile } from '../../test/support/connection.js';
import { diffRows } from './diff-rows.js';

const { connection } = await connectionOfFile();

/** Compares `values` of both sides: `id INTEGER, name VARCHAR` and the rows. */
async function diff(
  [fromColumns, fromRows]: readonly [string, string],
  [toColumns, toRows]: readonly [string, string],
  key?: readonly string[],
) {
  const side = (columns: string, rows: string) => {
    const parsed = columns.split(', ').map((column) => {
      const [name = '', type = ''] = column.split(/ (.*)/s);
      return { name, type };
    });
    const casts = parsed.map(({ name, type }, i) => `cast(col${i} as ${type}) as "${name}"`);
    return { sql: `select ${casts.join(', ')} from (values ${rows})`, schema: { columns: parsed } };
  };
  return diffRows({
    connection,
    from: side(fromColumns, fromRows),
    to: side(toColumns, toRows),
    key,
    sampleCount: 2,
  });
}

const columns = 'id INTEGER, name VARCHAR, amount DECIMAL(9,2)';

test('by key: what was added, removed and changed, and in which columns', async () => {
  const { rows, notes } = await diff(
    [columns, "(1, 'a', 1), (2, 'b', 2), (3, null, 3), (4, 'd', null), (9, 'z', 9)"],
    [columns, "(1, 'a', 1), (2, 'B', 2.5), (3, 'c', 3), (4, 'd', 4), (5, 'e', 5), (6, 'f', 6), (7, 'g', 7)"],
    ['ID'],
  );
  expect(notes).toEqual([]);
  expect(rows).toEqual({
    key: ['id'],
    addedCount: 3,
    removedCount: 1,
    changedCount: 3,
    columns: [
      { name: 'name', changedCount: 2 },
      { name: 'amount', changedCount: 2 },
    ],
    samples: {
      added: [
        { id: '5', name: 'e', amount: '5.00' },
        { id: '6', name: 'f', amount: '6.00' },
      ],
      removed: [{ id: '9', name: 'z', amount: '9.00' }],
      changed: [
        { id: '2', name: 'b → B', amount: '2.00 → 2.50' },
        { id: '3', name: 'NULL → c', amount: '3.00' },
      ],
    },
  });
});

test('equal rows have no differences, NULL keys and NaN included', async () => {
  const same = ['id INTEGER, v DOUBLE', "(null, 'nan'), (1, null)"] as const;
  const { rows } = await diff(same, same, ['id']);
  expect(rows).toMatchObject({ addedCount: 0, removedCount: 0, changedCount: 0, columns: [] });
});

test('a key of several columns, and one whose type became wider', async () => {
  const { rows } = await diff(
    ['a INTEGER, b VARCHAR, v INTEGER', "(1, 'x', 1), (1, 'y', 2)"],
    ['a BIGINT, b VARCHAR, v INTEGER', "(1, 'x', 1), (1, 'y', 3), (2, 'x', 4)"],
    ['a', 'b'],
  );
  expect(rows).toMatchObject({ addedCount: 1, removedCount: 0, changedCount: 1 });
  expect(rows.samples.changed).toEqual([{ a: '1', b: 'y', v: '2 → 3' }]);
});

test('columns of another type are compared as the new type; what does not fit differs', async () => {
  const { rows } = await diff(
    ['id INTEGER, v VARCHAR', "(1, '1'), (2, 'two'), (3, null)"],
    ['id INTEGER, v INTEGER', '(1, 1), (2, null), (3, null)'],
    ['id'],
  );
  expect(rows).toMatchObject({ changedCount: 1, columns: [{ name: 'v', changedCount: 1 }] });
  expect(rows.samples.changed).toEqual([{ id: '2', v: 'two → NULL' }]);
});

test('nested values, and columns that only one side has', async () => {
  const { rows } = await diff(
    ['id INTEGER, tags VARCHAR[], old INTEGER', "(1, ['a', null], 1), (2, [], 2)"],
    ['id INTEGER, tags VARCHAR[], new INTEGER', "(1, ['a', null], 5), (2, ['b'], 5)"],
    ['id'],
  );
  expect(rows).toMatchObject({ changedCount: 1, columns: [{ name: 'tags', changedCount: 1 }] });
});

test('without a key whole rows are compared, each as often as it comes', async () => {
  const { rows } = await diff(
    ['v INTEGER', '(1), (1), (2), (null)'],
    ['v INTEGER', '(1), (2), (3), (3), (null)'],
  );
  expect(rows).toEqual({
    addedCount: 2,
    removedCount: 1,
    changedCount: 0,
    columns: [],
    samples: { added: [{ v: '3' }], removed: [{ v: '1' }], changed: [] },
  });
});

test('a key with duplicates, or one that a side lacks, is no key', async () => {
  const duplicated = await diff(
    ['id INTEGER, v INTEGER', '(1, 1), (1, 2)'],
    ['id INTEGER, v INTEGER', '(1, 1)'],
    ['id'],
  );
  expect(duplicated.notes).toEqual([
    'The key id has duplicates (1 of its values), so whole rows were compared.',
  ]);
  expect(duplicated.rows).toMatchObject({ addedCount: 0, removedCount: 1 });
  const lacking = await diff(['v INTEGER', '(1)'], ['id INTEGER, v INTEGER', '(1, 1)'], ['id']);
  expect(lacking.notes).toEqual(['The key id is not on both sides, so whole rows were compared.']);
  expect(lacking.rows).toMatchObject({ addedCount: 0, removedCount: 0 });
});
