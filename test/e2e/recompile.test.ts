import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeProject, runEtl, writeFiles } from '../support/cli.js';

/** The least number of models of which only those are compiled that a change reaches. */
const modelCount = 1000;

test('of a thousand models, what changed is compiled and its types are checked', async () => {
  const files: Record<string, string> = {
    'macros/plus.ts': "import { sql } from 'parquetry';\nexport const plus = (n: number) => sql`v + ${n}`;\n",
    'models/a.sql': 'select ${plus(1)} as v from m2\n',
    'models/b.sql': 'select * from a\n',
  };
  for (let i = 2; i < modelCount; i++) files[`models/m${i}.sql`] = `select ${i} as v\n`;
  const root = makeProject(files);
  const indexTime = () => statSync(join(root, '.etl/cache/compiled.json')).mtimeMs;
  const manifest = () => readFileSync(join(root, '.etl/manifest.json'), 'utf8');
  const compile = () => runEtl(root, ['compile']);
  const compiledText = (path: string) => readFileSync(join(root, '.etl/compiled', path), 'utf8');
  expect(await compile()).toMatchObject({ code: 0, stdout: expect.stringContaining('1,000 nodes') });
  // A thread of its own writes so many.
  const texts = Object.keys(files).map((path) => path.startsWith('models/') && compiledText(path));
  expect(texts.filter(Boolean)).toHaveLength(modelCount);
  expect(texts).toContain(`select ${modelCount - 1} as v\n`);

  writeFiles(root, { 'models/a.sql': 'select ${plus(2)} as v from m3\n' });
  expect(await compile()).toMatchObject({ code: 0, stdout: expect.stringContaining('1,000 nodes') });
  const { nodes } = JSON.parse(manifest());
  expect([nodes.a.sql, nodes.a.inputs]).toEqual(['select v + 2 as v from m3', ['m3']]);
  expect(compiledText('models/a.sql')).toBe(`${nodes.a.sql}\n`);
  expect(Object.keys(nodes).indexOf('a')).toBeGreaterThan(Object.keys(nodes).indexOf('m3'));

  // A whole compile says the same, so nothing was left out.
  const text = manifest();
  writeFiles(root, { '.etl/cache/compiled.json': '{}' });
  expect((await compile()).code).toBe(0);
  expect(manifest()).toBe(text);

  const before = indexTime();
  writeFiles(root, { 'models/a.sql': "select ${plus('2')} as v from m3\n" });
  const wrong = await compile();
  expect(wrong).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('models/a.sql:1:15  check/type-error'),
  });
  expect(indexTime()).toBe(before);

  // Another column is another type, for a macro too.
  writeFiles(root, { 'models/a.sql': 'select ${plus(2)} as w from m3\n' });
  expect((await compile()).code).toBe(0);
  expect(readFileSync(join(root, '.etl/types/index.d.ts'), 'utf8')).toMatch(/\ba: \{\s+\/\*\*.*\n\s+w:/);
  expect(JSON.parse(manifest()).nodes.b.schema.columns).toMatchObject([{ name: 'w' }]);
}, 120_000);
