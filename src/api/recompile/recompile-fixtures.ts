import fc from 'fast-check';

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
export const projects: fc.Arbitrary<Project> = fc.record({
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
export const edits: fc.Arbitrary<Edit> = fc.oneof(
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

export function filesOf({
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
