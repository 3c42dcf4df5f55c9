import { expect, test, vi } from 'vitest';
import { makeProject, queryRows, runEtl } from '../support/cli.js';

vi.setConfig({ testTimeout: 60_000 });

const project = {
  'sources.yml':
    'sources:\n  shop:\n    connector: file\n    tables:\n      orders: { path: data/orders.csv }\n',
  'data/orders.csv': 'order_id\n1\n',
};

const waiting = `
const fails = (ms: number, text: string) => new Promise((_, reject) => setTimeout(() => reject(new Error(text)), ms));
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
`;
/** A transform whose function does this before it yields a row. */
const doing = (body: string, options = '', head = '') => `import { ref, transform } from 'parquetry';
${waiting}${head}
export default transform(ref('shop.orders'), { columns: { id: 'INTEGER' }, ${options} }, async function* (batches) {
  for await (const _ of batches) {
    ${body}
    yield { id: 1 };
  }
});
`;

test('a promise that is rejected before it is awaited fails its transform and nothing else', async () => {
  const folder = makeProject({
    ...project,
    'models/awaited.ts': doing(
      "const both = [fails(90, 'slow'), fails(10, 'quick'), fails(150, 'late')];\n    for (const one of both) await one;",
    ),
    'models/forgotten.ts': doing("void fails(1, 'forgotten one'); await pause(50);"),
    'models/last.ts': doing("void Promise.reject(new Error('at the end'));"),
    'models/caught.ts': doing("const one = fails(1, 'caught'); await pause(50); await one.catch(() => {});"),
    'models/again.ts': doing(
      "if (calls++ === 0) { void fails(1, 'once'); await pause(50); }",
      'retries: 1',
      'let calls = 0;',
    ),
    'models/long.ts': doing('await pause(600);'),
  });
  const { code, output } = await runEtl(folder, ['build']);
  expect(code, output).toBe(1);
  expect(output).toContain('awaited failed: slow');
  expect(output).toMatch(/models\/forgotten\.ts:3:\d+ .*\n.*forgotten failed: forgotten one/);
  expect(output).toContain('last failed: at the end');
  expect(output).not.toMatch(/node:internal|triggerUncaught|Warning/);
  for (const model of ['caught', 'again', 'long']) {
    expect(await queryRows(folder, `from ${model}`), model).toEqual([{ id: 1 }]);
  }
});

test("a rejection that is no transform's ends the process as in any program of Node", async () => {
  const folder = makeProject({
    ...project,
    'macros/stray.ts':
      "setTimeout(() => Promise.reject(new Error('stray one')), 300);\nexport const stray = 1;\n",
    'models/long.ts': doing(
      'await pause(3000);',
      '',
      "import { stray } from '../macros/stray.ts';\nvoid stray;",
    ),
  });
  const { code, output } = await runEtl(folder, ['build']);
  expect(code).not.toBe(0);
  expect(output).toContain('stray one');
  expect(output).not.toContain('Commit 1');
});

test('a transform by intervals of time is told once how else it can be incremental', async () => {
  const config =
    "export const config = { materialized: 'incremental', strategy: 'time_range', event_time: 'id', interval: 'day', begin: '2024-01-01' } as const;\n";
  const folder = makeProject({ ...project, 'models/timed.ts': doing('', '', config) });
  const { stderr } = await runEtl(folder, ['check']);
  expect(stderr.match(/timed is a transform/g)).toHaveLength(1);
  expect(stderr).toContain('hint: write `strategy: merge` with a `unique_key`');
});
