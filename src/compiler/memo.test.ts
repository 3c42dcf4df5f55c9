import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { memoryMemo } from '../../test/support/memory-memo.js';
import { folderOfTest } from '../../test/support/temporary-folder.js';
import { openDuckdb } from '../engine/duckdb.js';
import { compileParts } from './compile-fixtures.js';
import type { ProjectParts } from './compile-input-fixture.js';

const project = (
  changes: Readonly<Record<string, string>> = {},
  more: Partial<ProjectParts> = {},
): ProjectParts => ({
  sources: { 'shop.orders': 'id BIGINT, amount INTEGER' },
  models: {
    stg: 'select id, amount from shop.orders',
    totals: 'select sum(amount) as total, twice(count(*)) as n from stg',
    report: 'select total from totals',
    other: 'select id from shop.orders',
    ...changes,
  },
  configs: {
    stg: { tests: [{ assertion: { kind: 'expression', expression: 'amount > 0' }, severity: 'error' }] },
  },
  sqlMacros: { 'macros/a.sql': 'create macro twice(a) as a * 2' },
  tests: { t: 'select * from totals where total < 0' },
  ...more,
});

test('opens no engine for what is remembered, and gives the same manifest', async () => {
  const memo = memoryMemo();
  const first = await compileParts(project(), memo);
  const open = vi.fn(() => openDuckdb());
  const second = await compileParts(project(), memoryMemo(memo.entries), open);
  expect(open).not.toHaveBeenCalled();
  expect(second).toEqual(first);
  expect(first.diagnostics).toEqual([]);
});

test('binds again only what a change reaches', async () => {
  const memo = memoryMemo();
  await compileParts(project(), memo);
  const bound = async (parts: ProjectParts) => {
    const set = vi.spyOn(memo, 'set');
    const open = vi.fn(() => openDuckdb());
    const outcome = await compileParts(parts, memo, open);
    const fresh = await compileParts(parts);
    expect(outcome).toEqual(fresh);
    const kinds = set.mock.calls.map(([kind]) => kind);
    set.mockRestore();
    return { binds: kinds.filter((kind) => kind === 'bind').length, opened: open.mock.calls.length };
  };
  // The same columns come out, so that nothing below is bound again.
  expect(await bound(project({ stg: 'select id, amount + 1 as amount from shop.orders' }))).toEqual({
    binds: 1,
    opened: 1,
  });
  // Other columns: totals, and the test and the report on it.
  expect(await bound(project({ stg: 'select id, amount + 0.5 as amount from shop.orders' }))).toEqual({
    binds: 5,
    opened: 1,
  });
  // A type of a source: all models, and both tests.
  expect(await bound(project({}, { sources: { 'shop.orders': 'id BIGINT, amount DOUBLE' } }))).toEqual({
    binds: 6,
    opened: 1,
  });
  // Another materialization alone changes what is stored, and so what is below.
  const view = project({}, { configs: { totals: { materialized: 'view' } } });
  expect(await bound(view)).toEqual({ binds: 2, opened: 1 });
  expect(
    await bound(project({}, { sqlMacros: { 'macros/a.sql': 'create macro twice(a) as a * 3' } })),
  ).toEqual({ binds: 1, opened: 1 });
  expect(await bound(project({}, { init: "set TimeZone = 'UTC'" }))).toEqual({ binds: 6, opened: 1 });
  expect(await bound(project())).toEqual({ binds: 0, opened: 0 });
});

test('errors are found again each time', async () => {
  const memo = memoryMemo();
  const broken = project({ totals: 'select nothing from stg' });
  const first = await compileParts(broken, memo);
  expect(first.diagnostics).toHaveLength(1);
  expect(await compileParts(broken, memo)).toEqual(first);
});

test('columns of a file that a query reads by itself are asked for each time', async () => {
  const path = join(await folderOfTest('memo'), 'x.csv');
  const parts = project(
    { direct: `from read_csv('${path}')`, called: 'from file_rows()', below: 'from direct' },
    {
      sqlMacros: {
        'macros/a.sql': `create macro file_rows() as table from read_csv('${path}'); create macro twice(a) as a;`,
      },
    },
  );
  const memo = memoryMemo();
  const columnsWith = async (text: string) => {
    await writeFile(path, text);
    const { value } = await compileParts(parts, memo);
    return ['direct', 'called', 'below'].map((name) =>
      value.nodes
        .get(name)!
        .schema.columns.map((c) => c.name)
        .join(),
    );
  };
  expect(await columnsWith('a,b\n1,2\n')).toEqual(['a,b', 'a,b', 'a,b']);
  expect(await columnsWith('a,c,d\n1,2,3\n')).toEqual(['a,c,d', 'a,c,d', 'a,c,d']);
});
