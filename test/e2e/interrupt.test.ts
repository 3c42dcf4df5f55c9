import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { plan } from '../../src/api/plan.js';
import { buildProject, buildWell } from '../support/build-project.js';
import { interrupted, makeProject, startEtl, writeFiles } from '../support/cli.js';
import { copyExample } from '../support/example.js';
import { filesBelow } from '../support/lake-contents.js';

test('Ctrl-C stops within a second, exits 1 and leaves nothing behind', async () => {
  const folder = copyExample();
  writeFiles(folder, {
    'models/slow.sql':
      '/* model\nmaterialized: table\n*/\nselect count(*) as n from range(10000000) as a(i), range(100000) as b(j) where (i * j) % 7 = 3\n',
  });
  const child = startEtl(folder, ['build', '--select', 'slow']);
  // In the middle of a query that takes minutes.
  const { code, output, endMs } = await interrupted(child, /Target dev/, 300);
  expect(code, output).toBe(1);
  expect(endMs).toBeLessThan(1500);
  expect(filesBelow(folder).filter((f) => f.endsWith('.parquet') && f.startsWith('.etl/lake/'))).toEqual([]);
}, 60_000);

test('what only compiles so far is interrupted too, wherever it is', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 800 }, (_, i) => [
      `models/m${i}.sql`,
      `with a as (select ${i} as id, 'x' as name), b as (select id, upper(name) as name from a)\nselect b.*, row_number() over (order by id) as n from b\n`,
    ]),
  );
  const compiled = await timed(() => plan({ projectDir: makeProject(files), typeCheck: false, env: {} }));
  let expectedMs = compiled.milliseconds;
  const parts = [0, 0.2, 0.4, 0.6, 0.8];
  for (let tries = 0; parts.length > 0 && tries < 20; tries++) {
    const [part] = parts as [number];
    const folder = makeProject(files);
    const controller = new AbortController();
    let aborted = 0;
    setTimeout(() => {
      aborted = performance.now();
      controller.abort();
    }, part * expectedMs);
    const result = await buildProject(folder, { signal: controller.signal });
    if (result.nodes.length > 0) {
      // It had compiled by then, and built already: once warm, it is faster.
      expectedMs *= 0.8;
      continue;
    }
    expect({ part, ...result }).toMatchObject({ status: 'interrupted', diagnostics: [] });
    expect(performance.now() - aborted).toBeLessThan(Math.max(1000, compiled.milliseconds / 2));
    expect(existsSync(join(folder, '.etl/lake/_etl/commits'))).toBe(false);
    if (part === 0.4) await buildWell(folder, { select: ['m7'] });
    parts.shift();
  }
  expect(parts).toEqual([]);
}, 120_000);

test("Ctrl-C ends a project's code that waits for ever", async () => {
  const folder = makeProject({
    'macros/wait.ts':
      "console.error('at work');\nsetInterval(() => {}, 1000);\nawait new Promise(() => {});\nexport const one = () => 1;\n",
    'models/a.sql': 'select ${one()} as x\n',
  });
  const { code, output, startMs, endMs } = await interrupted(startEtl(folder, ['build']), /at work/);
  expect(code, output).toBe(1);
  expect(output).toContain('Interrupted');
  expect(endMs).toBeLessThan(Math.max(1500, startMs));
}, 60_000);

test.each([
  [
    'in a macro',
    {
      'macros/one.ts': "export const one = () => {\n  console.error('at work');\n  for (;;);\n};\n",
      'models/a.sql': 'select ${one()} as x\n',
    },
  ],
  [
    'that waited for the columns of a table',
    {
      'macros/one.ts':
        "export const one = (columns: unknown[]) => {\n  console.error('at work');\n  for (;;) columns.length;\n};\n",
      'models/a.sql': "select ${one(columnsOf(ref('b')))} as x\n",
      'models/b.sql': 'select 1 as x\n',
    },
  ],
])(
  'Ctrl-C ends an endless loop %s',
  async (_, files) => {
    const folder = makeProject(files);
    const { code, output, endMs } = await interrupted(startEtl(folder, ['build']), /at work/);
    expect(code, output).toBe(1);
    expect(output).toContain('Interrupted');
    expect(output).not.toContain('bug in Parquetry');
    expect(endMs).toBeLessThan(1500);
  },
  60_000,
);

async function timed(action: () => Promise<unknown>): Promise<{ readonly milliseconds: number }> {
  const started = performance.now();
  await action();
  return { milliseconds: performance.now() - started };
}
