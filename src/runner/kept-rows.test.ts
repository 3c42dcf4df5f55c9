import { expect, it } from 'vitest';
import type { DataFile } from '../ir/table-version.js';
import { keptRows } from './kept-rows.js';

const id = { name: 'id', type: 'BIGINT' };
const earlier = {
  files: [],
  canShare: true,
  columnOf: () => id,
  scan: async (files: readonly DataFile[]) => `scan(${files.map(({ path }) => path).join()})`,
};
const filesOf = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    path: `${i}`,
    rowCount: 1,
    sizeBytes: 1,
    partition: {},
    stats: {},
  }));
const node = { schema: { columns: [id] } };

it('reads few files one by one, so that DuckDB knows the bounds of their columns', async () => {
  expect(await keptRows(filesOf(2), earlier, [id], 'fresh', node)).toBe(
    'select "id" from (from scan(0) union all from scan(1)) as old' +
      ' where not exists (select 1 from fresh as new where cast(old."id" as BIGINT) is not distinct from new."id")',
  );
});

it('reads a great many files in one scan', async () => {
  const sql = await keptRows(filesOf(1000), earlier, [], 'fresh', node);
  expect(sql.match(/scan\(/g)).toHaveLength(1);
  expect(sql).toContain('998,999');
});
