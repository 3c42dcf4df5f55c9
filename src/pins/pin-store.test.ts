import fs from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { nodeConfig } from '../../test/support/node-config.js';
import { folderOfTest } from '../../test/support/temporary-folder.js';
import type { ManifestNode } from '../ir/manifest.js';
import type { ColumnConfig, TestConfig } from '../ir/project.js';
import { checkPins } from './check-pins.js';
import { readPins, writePins } from './pin-store.js';
import { pinnedTable } from './pinned-table.js';

const notNull = (more: Partial<TestConfig> = {}): TestConfig => ({
  assertion: { kind: 'not_null', columns: [] },
  severity: 'error',
  ...more,
});

function node(name: string, columns: readonly ColumnConfig[]): ManifestNode {
  return {
    name,
    kind: 'model',
    path: `models/${name}.sql`,
    config: nodeConfig({ partitionBy: ['day'], publish: true, compatibility: 'full', columns }),
    inputs: [],
    schema: { columns: ['id', 'a', 'b', 'c', 'day'].map((column) => ({ name: column, type: 'INTEGER' })) },
    logic: '',
    fingerprint: '',
    repeatable: true,
    usesMacros: [],
  };
}

test('a not_null test over all rows promises a value; renames are by path', () => {
  const table = pinnedTable(
    node('orders', [
      { name: 'ID', tests: [notNull()] },
      { name: 'a', tests: [notNull({ severity: 'warn' })], renamedFrom: 'old a' },
      { name: 'b', tests: [notNull({ where: 'id > 1' })] },
      { name: 'c.name', tests: [notNull({ errorIf: '> 10' })], renamedFrom: 'full_name' },
    ]),
  );
  expect(table.schema.columns.filter(({ nullable }) => nullable === false).map(({ name }) => name)).toEqual([
    'id',
  ]);
  expect(table).toMatchObject({
    mode: 'full',
    renames: { a: 'old a', 'c.name': 'full_name' },
    schema: { partitionBy: ['day'] },
  });
});

test('pins are written, read back, and removed', async () => {
  const root = await folderOfTest('pins');
  expect(await readPins(root)).toEqual({ value: new Map(), diagnostics: [] });
  const tables = ['orders', 'shop.orders'].map((name) => pinnedTable(node(name, [])));
  const input = { tables, defaultMode: 'forward', frozen: false, consumers: () => [] } as const;
  await writePins(root, checkPins({ ...input, pins: new Map() }).updates);
  expect(await fs.readdir(path.join(root, 'schemas'))).toEqual(['orders.yml', 'shop.orders.yml']);

  const first = await readPins(root);
  expect(checkPins({ ...input, pins: first.value, frozen: true })).toMatchObject({
    diagnostics: [],
    updates: [],
  });

  await writePins(
    root,
    checkPins({ ...input, tables: [], pins: first.value, accept: new Set(['orders']) }).updates,
  );
  expect([...(await readPins(root)).value.keys()]).toEqual(['shop.orders']);
  await fs.writeFile(path.join(root, 'schemas/broken.yml'), 'format: 9\n');
  expect((await readPins(root)).diagnostics).toMatchObject([
    { code: 'pin/invalid', span: { file: 'schemas/broken.yml' } },
  ]);
});
