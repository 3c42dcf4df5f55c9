import { expect, test, vi } from 'vitest';
import { interrupted, makeProject, queryRows, runEtl, startEtl, writeFiles } from '../support/cli.js';

// Each test runs the command several times.
vi.setConfig({ testTimeout: 120_000 });

const orders = Array.from(
  { length: 25 },
  (_, i) => `${i},${i % 2 ? 'paid' : 'open'},${i}.5,2024-01-${10 + (i % 9)}`,
);
const project = {
  'sources.yml':
    'sources:\n  shop:\n    connector: file\n    tables:\n      orders: { path: data/orders.csv, columns: { amount: "DECIMAL(10,2)" } }\n',
  'data/orders.csv': `order_id,status,amount,day\n${orders.join('\n')}\n`,
  'macros/label.ts':
    "export const label = (status: string | null) => `it's ${status}`;\nexport const unused = 1;\n",
};
const labelled = `import { ref, transform } from 'parquetry';
import { label } from '../macros/label.ts';

export const config = { description: 'Labels', tests: ['order_id >= 0'] };

export default transform(
  ref('shop.orders'),
  { columns: { order_id: 'BIGINT', label: 'VARCHAR', day: 'DATE', amount: 'DECIMAL(10,2)', tags: 'VARCHAR[]', size: 'MAP(VARCHAR, INTEGER)' } },
  async function* (batches) {
    for await (const batch of batches) {
      for (const { order_id, status, day, amount } of batch) {
        const text: string | null = amount;
        yield { order_id, label: label(status), day, amount: text, tags: [status ?? 'none', 'a\\nb'], size: new Map([['l', 1]]) };
      }
    }
  },
);
`;

test('rows of code are a table like any other: tested, stored, reused until input or code changes', async () => {
  const folder = makeProject({
    ...project,
    'models/labelled.ts': labelled,
    'models/after.sql': 'select count(*) as n from labelled',
  });
  const first = await runEtl(folder, ['build']);
  expect(first.code, first.output).toBe(0);
  expect(await queryRows(folder, 'from labelled where order_id = 3')).toEqual([
    {
      order_id: 3,
      label: "it's paid",
      day: '2024-01-13',
      amount: 3.5,
      tags: ['paid', 'a\nb'],
      size: { l: 1 },
    },
  ]);
  expect(await queryRows(folder, 'from after')).toEqual([{ n: 25 }]);

  writeFiles(folder, {
    'models/labelled.ts': labelled
      .replace('Labels', 'Labels of orders')
      .replace('const text', '// amount\n const text'),
    'macros/label.ts': `${project['macros/label.ts']}export const more = 2;\n`,
  });
  expect((await runEtl(folder, ['build'])).output, 'words and other macros rebuild nothing').toContain(
    'Nothing to do',
  );

  writeFiles(folder, {
    'macros/label.ts': 'export const label = (status: string | null) => `${status}!`;\n',
  });
  const changed = await runEtl(folder, ['build']);
  expect(changed.output).toMatch(/build +labelled/);
  expect(await queryRows(folder, 'select label from labelled where order_id = 3')).toEqual([
    { label: 'paid!' },
  ]);
});

test('what TypeScript, the columns and the code have against a transform is said at its line', async () => {
  const folder = makeProject({
    ...project,
    'models/labelled.ts': labelled
      .replace('{ order_id, status, day', '{ order_id, state: status, day')
      .replace('tags: [status', 'tag: [status'),
  });
  const types = await runEtl(folder, ['check']);
  expect(types.output).toContain('models/labelled.ts:11:30  check/type-error');
  expect(types.output).toMatch(/Property 'state' does not exist on type/);

  writeFiles(folder, { 'models/labelled.ts': labelled.replace("label: 'VARCHAR'", "label: 'VARCHER'") });
  expect((await runEtl(folder, ['check'])).output).toMatch(/models\/labelled\.ts:6:1 .*\n.*VARCHER/);

  writeFiles(folder, {
    'models/labelled.ts': labelled.replace('{ description', "{ materialized: 'view', description"),
  });
  expect((await runEtl(folder, ['check'])).output).toContain(
    'models/labelled.ts:4:39  compile/invalid-config',
  );

  writeFiles(folder, {
    'models/labelled.ts': labelled.replace(
      'const text',
      "if (order_id === 7n) throw new Error('no luck');\n        const text",
    ),
  });
  const thrown = await runEtl(folder, ['build']);
  expect(thrown.code).toBe(1);
  expect(thrown.output).toContain(
    'models/labelled.ts:12:36  run/transform-failed\n  labelled failed: no luck',
  );

  writeFiles(folder, {
    'models/labelled.ts': labelled.replace('order_id, label:', "order_id: 'x' as never, label:"),
  });
  expect((await runEtl(folder, ['build'])).output).toContain(
    'Row 1 has the text "x" in column "order_id", which is BIGINT.',
  );

  writeFiles(folder, {
    'models/labelled.ts': labelled.replace('label(status), day', "label(status), day: 'soon'"),
  });
  expect((await runEtl(folder, ['build'])).output).toContain(
    'models/labelled.ts:6:1  run/transform-failed\n  labelled failed: Row 1 has the text "soon" in column "day", which is DATE.',
  );
});

test('with retries, a call that fails is repeated for its batch, and results keep the order of the input', async () => {
  const folder = makeProject({
    ...project,
    'models/flaky.ts': `import { db, transform } from 'parquetry';

let calls = 0;
export default transform(
  db.selectFrom('shop.orders').select('order_id').orderBy('order_id'),
  { columns: { id: 'INTEGER', size: 'INTEGER' }, concurrency: 3, retries: 2, batchSize: 4 },
  async function* (batches) {
    for await (const batch of batches) {
      const call = calls++;
      await new Promise((resolve) => setTimeout(resolve, 20 - 5 * (call % 4)));
      yield { id: -1, size: 0 };
      if (call % 3 === 1) throw new Error('try again');
      yield [...batch].map((row) => ({ id: Number(row.order_id), size: batch.numRows }));
    }
  },
);
`,
    'package.json': '{"type":"module"}',
  });
  const { code, output } = await runEtl(folder, ['build']);
  expect(code, output).toBe(0);
  // One row more for each of the seven batches, those of failed calls taken back.
  expect(await queryRows(folder, 'select id, size from flaky where id >= 0')).toEqual(
    Array.from({ length: 25 }, (_, i) => ({ id: i, size: i === 24 ? 1 : 4 })),
  );
  expect(await queryRows(folder, 'select count(*) as n from flaky where id < 0')).toEqual([{ n: 7 }]);
});

test('a large input goes through in bounded memory, as Arrow or as rows', async () => {
  const folder = makeProject({
    'models/numbers.sql':
      '/* model\nmaterialized: table\n*/\nselect i, repeat(i::varchar, 20) as t from range(600000) as r(i)',
    'models/copied.ts': `import { ref, transform } from 'parquetry';

let most = 0;
export default transform(
  ref('numbers'),
  { columns: { i: 'BIGINT', t: 'VARCHAR', heap: 'DOUBLE' } },
  async function* (batches) {
    let n = 0;
    for await (const batch of batches) {
      // Far less than the 70 MB of text that the input is.
      most = Math.max(most, process.memoryUsage().heapUsed);
      if (n++ % 10 < 1) for (const { i, t } of batch) yield { i, t, heap: most };
    }
  },
);
`,
    'models/passed.ts': `import { db, transform } from 'parquetry';
export default transform(db.selectFrom('numbers').select('i'), { columns: { i: 'INTEGER' } }, (batches) => batches);
`,
  });
  const { code, output } = await runEtl(folder, ['build', '--threads', '1']);
  expect(code, output).toBe(0);
  expect(
    await queryRows(
      folder,
      'select count(*) > 10000 as n, max(heap) < 120e6 as small, sum(length(t)) > 5e6 as whole from copied',
    ),
  ).toEqual([{ n: true, small: true, whole: true }]);
  expect(
    await queryRows(folder, 'select count(*) as n, sum(i)::bigint as s, typeof(min(i)) as t from passed'),
  ).toEqual([{ n: 600_000, s: 179_999_700_000, t: 'INTEGER' }]);
});

test('a transform can go on from what earlier runs built', async () => {
  const folder = makeProject({
    ...project,
    'models/seen.ts': `import { db, incremental, type ModelConfig, self, sql, transform } from 'parquetry';

export const config: ModelConfig = { materialized: 'incremental', strategy: 'append' };

export default () =>
  transform(
    incremental
      ? sql<{ order_id: bigint }>\`select order_id from shop.orders where order_id > (select max(id) from \${self})\`
      : db.selectFrom('shop.orders').select('order_id'),
    { columns: { id: 'BIGINT', calls: 'INTEGER' } },
    async function* (batches) {
      for await (const batch of batches) for (const { order_id } of batch) yield { id: order_id, calls: batch.numRows };
    },
  );
`,
  });
  const first = await runEtl(folder, ['build']);
  expect(first.code, first.output).toBe(0);
  writeFiles(folder, {
    'data/orders.csv': `${project['data/orders.csv']}25,new,1.5,2024-02-01\n26,new,1.5,2024-02-01\n`,
  });
  const second = await runEtl(folder, ['build']);
  expect(second.code, second.output).toBe(0);
  expect(await queryRows(folder, 'select calls, count(*) as n from seen group by all order by all')).toEqual([
    { calls: 2, n: 2 },
    { calls: 25, n: 25 },
  ]);
});

test.each([
  ['waits for an answer', 'await new Promise((resolve) => setTimeout(resolve, 60_000));'],
  [
    'waits for a socket',
    "const { createServer } = await import('node:net'); createServer().listen(0, '127.0.0.1'); await new Promise(() => {});",
  ],
  [
    'yields rows without reading',
    'for (let v = 0; ; v++) { yield { v }; await new Promise((resolve) => setTimeout(resolve, 50)); }',
  ],
])('Ctrl-C ends a transform that %s', async (_, body) => {
  const folder = makeProject({
    ...project,
    'models/slow.ts': `import { ref, transform } from 'parquetry';
export default transform(ref('shop.orders'), { columns: { v: 'INTEGER' } }, async function* (batches) {
  for await (const _ of batches) {
    console.log('at work');
    ${body}
    yield { v: 1 };
  }
});
`,
    'package.json': '{"type":"module"}',
  });
  const { code, output, endMs } = await interrupted(startEtl(folder, ['build']), /at work/);
  expect(code, output).toBe(1);
  expect(endMs).toBeLessThan(5000);
  expect(output).toContain('Interrupted');
  expect(output).not.toContain('OK     build');
});
