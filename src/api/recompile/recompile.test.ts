import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { makeProject, writeFiles } from '../../../test/support/cli.js';
import { filesBelow } from '../../../test/support/lake-contents.js';
import { hasErrors } from '../../diagnostics/diagnostic.js';
import { compile } from '../compile.js';
import { recompile } from './recompile.js';
import { edits, filesOf, projects } from './recompile-fixtures.js';

afterEach(() => {
  vi.useRealTimers();
});

test('compiling only what changed leaves what compiling everything makes', async () => {
  let parts = 0;
  let wholes = 0;
  await fc.assert(
    fc.asyncProperty(projects, fc.array(edits, { minLength: 4, maxLength: 10 }), async (first, changes) => {
      // Files are old enough to be known by their signatures.
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 });
      let project = first;
      const root = makeProject(filesOf(project));
      const optionsNow = () => ({ projectDir: root, typeCheck: false, env: { ETL_WORD: project.word } });
      await compile(optionsNow(), 1);
      for (const change of changes) {
        const last = project;
        const before = filesOf(project);
        project = change(project);
        const changed = Object.entries(filesOf(project)).filter(([path, text]) => before[path] !== text);
        writeFiles(root, Object.fromEntries(changed));
        const options = optionsNow();
        const part = await recompile(options);
        if (part) parts++;
        else wholes++;
        const { value, diagnostics } = part ?? (await compile(options, 1));
        const fresh = makeProject(filesOf(project));
        const whole = await compile({ ...options, projectDir: fresh });
        expect(diagnostics).toEqual(whole.diagnostics);
        expect(value).toEqual(whole.value);
        expect(compiledOf(root)).toEqual(compiledOf(fresh));
        const text = textIn(fresh);
        expect(JSON.parse(textIn(root))).toEqual(JSON.parse(text));
        rmSync(fresh, { recursive: true });
        if (!hasErrors(diagnostics)) {
          expect(textIn(root)).toBe(text);
          continue;
        }
        project = last;
        writeFiles(root, filesOf(project));
        await compile(optionsNow(), 1);
      }
    }),
    { numRuns: Number(process.env.ETL_PROPERTY_RUNS ?? 10) },
  );
  // Otherwise nothing was shown.
  expect(parts).toBeGreaterThan(wholes / 3);
}, 600_000);

/** A project with a macro, compiled, with files that are old enough to be known by their signatures. */
async function compiledProject() {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 });
  const root = makeProject({
    'etl.yml': 'name: parts\nmodels: { materialized: table }\n',
    'macros/plus.ts': "import { sql } from 'parquetry';\nexport const plus = (n: number) => sql`v + ${n}`;\n",
    'models/a.sql': 'select 1 as v\n',
    'models/b.sql': 'select ${plus(1)} as v from a\n',
    'models/c.sql': 'select v from b\n',
  });
  const options = { projectDir: root, typeCheck: false };
  expect((await compile(options, 1)).diagnostics).toEqual([]);
  return { root, options };
}

test('what somebody else did to what was written is seen', async () => {
  const { root, options } = await compiledProject();
  expect(await recompile(options)).toBeDefined();
  const compiled = compiledOf(root);
  await compile({ ...options, select: ['a'] });
  expect(compiledOf(root)).not.toEqual(compiled);
  await compile(options, 1);
  expect(compiledOf(root)).toEqual(compiled);
  const text = textIn(root);
  writeFiles(root, { '.etl/manifest.json': '{}' });
  await compile(options, 1);
  expect(textIn(root)).toBe(text);
  const saved = JSON.parse(readFileSync(join(root, '.etl/cache/compiled.json'), 'utf8'));
  for (const nodes of [{}, { ...saved.nodes, lengths: [1, 2, 3] }]) {
    writeFiles(root, { '.etl/cache/compiled.json': JSON.stringify({ ...saved, nodes }) });
    writeFiles(root, { 'models/b.sql': `select \${plus(${Object.keys(nodes).length})} as v from a\n` });
    expect((await compile(options, 1)).diagnostics).toEqual([]);
    expect(await recompile(options)).toBeDefined();
  }
});

test('a data test that reads the environment is compiled each time', async () => {
  const { root, options } = await compiledProject();
  writeFiles(root, { 'tests/few.sql': "select * from a where 'no' = ${env.ETL_WORD ?? ''}\n" });
  const logics: string[] = [];
  for (const word of ['one', 'two']) {
    expect((await compile({ ...options, env: { ETL_WORD: word } }, 1)).diagnostics).toEqual([]);
    logics.push(JSON.parse(textIn(root)).tests[0].logic);
  }
  expect(new Set(logics).size).toBe(2);
});

test('a unit test whose model or input has other columns now is an error all the same', async () => {
  const { root, options } = await compiledProject();
  const inputs = { a: 'select 1 as v\n', e: '/* model\nmaterialized: ephemeral\n*/\nselect v from a\n' };
  writeFiles(root, {
    'models/e.sql': inputs.e,
    'models/f.sql': 'select v from e\n',
    'tests/unit.yml': 'unit_tests: [{ name: t, model: f, given: { a: [{ v: 1 }] }, expect: [{ v: 1 }] }]\n',
  });
  expect((await compile(options, 1)).diagnostics).toEqual([]);
  writeFiles(root, { 'models/f.sql': 'select v from e where v is not null\n' });
  expect((await recompile(options))?.diagnostics).toEqual([]);
  for (const [path, text] of [
    ['models/f.sql', 'select v as w from e\n'],
    ['models/a.sql', "select date '2024-01-01' as v\n"],
  ] as const) {
    const before = readFileSync(join(root, path), 'utf8');
    writeFiles(root, { [path]: text });
    expect(await recompile(options)).toBeUndefined();
    const { diagnostics } = await compile(options, 1);
    expect(diagnostics.map(({ span }) => span?.file)).toContain('tests/unit.yml');
    writeFiles(root, { [path]: before });
    expect((await compile(options, 1)).diagnostics).toEqual([]);
  }
});

test('files that come and go, and other settings, are a matter of the whole project', async () => {
  const { root, options } = await compiledProject();
  const others: readonly Readonly<Record<string, string>>[] = [
    { 'models/d.sql': 'select v from c\n' },
    { 'etl.yml': 'name: parts\nmodels: { materialized: view }\n' },
    {
      'macros/plus.ts':
        "import { sql } from 'parquetry';\nexport const plus = (n: number) => sql`v - ${n}`;\n",
    },
    { 'macros/twice.sql': 'create macro twice(x) as 2 * x;\n' },
    { 'tests/few.sql': 'select * from a where v < 0\n' },
    { 'seeds/s.csv': 'v\n1\n' },
  ];
  for (const files of others) {
    writeFiles(root, files);
    expect(await recompile(options)).toBeUndefined();
    await compile(options, 1);
    expect(await recompile(options)).toBeDefined();
  }
  expect(await recompile({ ...options, target: 'dev', vars: { x: 1 } })).toBeUndefined();
});

function textIn(root: string): string {
  return readFileSync(join(root, '.etl/manifest.json'), 'utf8');
}

function compiledOf(root: string): unknown {
  const folder = join(root, '.etl/compiled');
  const files = filesBelow(folder).filter((path) => path !== '.index');
  return files.map((path) => [path, readFileSync(join(folder, path), 'utf8')]);
}
