import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { makeProject, writeFiles } from '../../../test/support/cli.js';
import { filesBelow } from '../../../test/support/lake-contents.js';
import { hasErrors } from '../../diagnostics/diagnostic.js';
import { compile } from '../compile.js';
import { recompile } from './recompile.js';

/** What is written in a file of its own, in all ways in which one model can have to do with another. */
interface Model {
  readonly reads: number;
  readonly joins: number;
  readonly shape: (typeof shapes)[number];
  readonly config: (typeof configs)[number];
  readonly limit: number;
}

interface Project {
  readonly models: readonly Model[];
  readonly hasMacros: boolean;
  readonly factor: number;
  readonly source: string;
  readonly test: string;
  /** The column that a unit test of the last model expects. */
  readonly expects: string;
  /** Of the environment. */
  readonly word: string;
}

const shapes = [
  'select a.v from <a> as a where a.v::varchar > <n>::varchar',
  'select a.v, <n> as extra from <a> as a',
  'select a.v, <n> as other from <a> as a -- said otherwise',
  'select * from <a>',
  'select sum(try_cast(a.v as bigint)) as v from <a> as a',
  'select a.v::varchar as v from <a> as a',
  'select a.v, b.v as w from <a> as a join <b> as b on true limit <n>',
  'select a.v, random() as r from <a> as a',
  'select twice(try_cast(a.v as int)) as v from <a> as a',
  'select v from <a> where v::varchar in (select v::varchar from <b>)',
  'select a.nothing as v from <a> as a',
  'selec a.v from <a> as a',
] as const;

const templates = [
  "select ${scale('a.v')} as v from <a> as a",
  "select ${env.ETL_WORD ?? 'none'} as word, a.v from <a> as a",
  "select ${sql.join(columnsOf(ref('<a>')).map(({ name }) => sql.ref(name)))} from <a>",
  "select try_cast(v as int) + ${vars.step} as v from ${ref('<a>')}",
] as const;

const configs = [
  '',
  'materialized: table',
  'materialized: view',
  'materialized: ephemeral',
  'description: Said in words.',
  'materialized: table\ncolumns: { v: { description: A number., tests: [not_null] } }',
  'materialized: table\ncolumns: { v: { tests: [{ relationships: { to: <b>, field: v } }] } }',
  'materialized: table\ntests: ["v::varchar in (select v::varchar from <b>)"]',
  'materialized: table\npublish: true',
  'materialized: table\npublish: { path: same/folder }',
  'enabled: false',
  'materialized: incremental\nstrategy: append\non_schema_change: ignore',
  'materialized: incremental\nstrategy: time_range\nevent_time: v\ninterval: day\nbegin: 2024-01-01',
] as const;

const modelCount = 6;
const index = fc.nat({ max: modelCount });
const model: fc.Arbitrary<Model> = fc.record({
  reads: index,
  joins: index,
  shape: fc.constantFrom(...shapes.slice(0, 10)),
  config: fc.constantFrom(...configs.slice(0, 8)),
  limit: fc.nat({ max: 2 }),
});
const projects: fc.Arbitrary<Project> = fc.record({
  models: fc.array(model, { minLength: modelCount, maxLength: modelCount }),
  hasMacros: fc.boolean(),
  factor: fc.nat({ max: 2 }),
  source: fc.constant('v\n1\n2\n'),
  test: fc.constant('select * from s.t where v < 0'),
  expects: fc.constant('v'),
  word: fc.constant('word'),
});

type Edit = (project: Project) => Project;
const changeModel = (change: (model: Model) => Model, at: number): Edit => {
  return (project) => ({ ...project, models: project.models.map((m, i) => (i === at ? change(m) : m)) });
};
const at = fc.nat({ max: modelCount - 1 });
const edits: fc.Arbitrary<Edit> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(at, fc.nat({ max: 3 })).map(([i, limit]) => changeModel((m) => ({ ...m, limit }), i)),
  },
  {
    weight: 6,
    arbitrary: fc
      .tuple(at, fc.constantFrom(...shapes))
      .map(([i, shape]) => changeModel((m) => ({ ...m, shape }), i)),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(at, fc.constantFrom(...configs))
      .map(([i, config]) => changeModel((m) => ({ ...m, config }), i)),
  },
  { weight: 3, arbitrary: fc.tuple(at, index).map(([i, reads]) => changeModel((m) => ({ ...m, reads }), i)) },
  {
    weight: 1,
    arbitrary: fc.nat({ max: 2 }).map(
      (factor): Edit =>
        (project) => ({ ...project, factor }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('v\n1\n2\n', 'v\nx\n', 'v,w\n1,2\n').map(
      (source): Edit =>
        (project) => ({ ...project, source }),
    ),
  },
  {
    weight: 1,
    arbitrary: index.map(
      (i): Edit =>
        (project) => ({ ...project, test: `select v from ${nameOf(i)} where v < 0` }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('v', 'extra', 'w').map(
      (expects): Edit =>
        (project) => ({ ...project, expects }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('word', 'other').map(
      (word): Edit =>
        (project) => ({ ...project, word }),
    ),
  },
);

/** The last one is the source. */
function nameOf(i: number): string {
  return i >= modelCount ? 's.t' : `m${i}`;
}

/** One of those before it, and now and then itself or one behind it. */
function inputOf(other: number, i: number, limit: number): string {
  return nameOf(other < i || (other !== modelCount && limit === 3) ? other : modelCount);
}

function textOf({ reads, joins, shape, config, limit }: Model, i: number, hasMacros: boolean): string {
  const template = hasMacros && limit > 0 ? templates[(i + limit) % templates.length]! : shape;
  const fill = (text: string) =>
    text
      .replaceAll('<a>', inputOf(reads, i, limit))
      .replaceAll('<b>', inputOf(joins, i, limit))
      .replaceAll('<n>', String(limit));
  return config === '' ? `${fill(template)}\n` : `/* model\n${fill(config)}\n*/\n${fill(template)}\n`;
}

function filesOf({
  models,
  hasMacros,
  factor,
  source,
  test: query,
  expects,
}: Project): Readonly<Record<string, string>> {
  const macro = `import { sql } from 'parquetry';\nexport const scale = (c: string) => sql\`try_cast(\${sql.raw(c)} as int) * ${factor}\`;\n`;
  const last = models.at(-1)!;
  const given = `{ ${inputOf(last.reads, modelCount - 1, last.limit)}: [{ v: 1 }] }`;
  return {
    'tests/unit.yml': `unit_tests: [{ name: unit, model: m${modelCount - 1}, given: ${given}, expect: [{ ${expects}: 1 }] }]\n`,
    'etl.yml': 'name: parts\nvars: { step: 1 }\nmodels: { materialized: table }\n',
    'sources.yml': 'sources: { s: { connector: file, tables: { t: { path: t.csv } } } }\n',
    't.csv': source,
    'macros/twice.sql': `create macro twice(x) as x * ${factor};\n`,
    'tests/few.sql': `${query}\n`,
    ...(hasMacros && { 'macros/scale.ts': macro }),
    ...Object.fromEntries(models.map((one, i) => [`models/m${i}.sql`, textOf(one, i, hasMacros)])),
  };
}

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
