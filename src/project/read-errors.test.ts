import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readFiles, writeProject } from './project-fixture.js';

test('a merge conflict, a key that stands twice, or one that cannot be, is one error', async () => {
  const conflict = (own: string, other: string) => `<<<<<<< HEAD\n${own}\n=======\n${other}\n>>>>>>> other\n`;
  const { problems } = await readFiles({
    'etl.yml': `name: shop\n${conflict('default_target: dev', 'default_target: prod')}targets:\n  dev: { lake: a }\n`,
    'models/a.sql': `/* model\n${conflict('materialized: view', 'materialised: nothing')}*/ select 1`,
    'models/b.sql':
      '/* model\nmaterialized: incremental\nstrategy: time_range\ninterval: day\ninterval: dy\n*/ select 1',
    'models/d.sql':
      '/* model\ncolumns:\n  id: { tests: [not_null] }\n  ID: { tests: [unique] }\n*/ select 1 as id',
    'models/c.sql': '/* model\ncolumns: { __proto__: { tests: [not_null] } }\n*/ select 1 as __proto__',
  });
  const resolve = '(keep the lines that are right, and remove those with <<<<<<<, ======= and >>>>>>>)';
  expect(problems).toEqual([
    `etl.yml:2:1 project/bad-yaml: A merge conflict is not resolved here. ${resolve}`,
    `models/a.sql:2:1 project/bad-yaml: A merge conflict is not resolved here. ${resolve}`,
    'models/b.sql:5:1 project/bad-yaml: Map keys must be unique.',
    'models/c.sql:2:12 project/bad-yaml: A key cannot be __proto__.',
    'models/d.sql:4:3 project/duplicate-name: Column "ID" stands here twice (upper and lower case are the same to SQL). (make one of the two)',
  ]);
});

test('reports every mistake of every file in one go', async () => {
  const { project, problems } = await readFiles({
    'etl.yml': `name: shop
modells: {}
models:
  marts: { materialised: table }
  staging: view
engine: { threads: many, memory_limit: lots }
`,
    'sources.yml': `sources:
  web:
    connector: fiel
    tables:
      clicks: { path: x }
`,
    'models/marts/a.sql': `/* model
materialized: tabel
partition-by: [x]
tags: { a: 1 }
columns:
  id: { test: [unique] }
tests:
  - not_nul
  - row_cont: { min: 1 }
  - x > 0
*/ select 1`,
    'models/b.sql': '/* model\ntags: [a, b\nmaterialized: table\n*/ select 1',
    'models/c.sql': '/* model\ntags: [a]\n select 1',
    'models/d-e.sql': 'select 1',
    'models/select.sql': 'select 1',
    'models/x/dup.sql': 'select 1',
    'models/y/Dup.sql': 'select 1',
    'seeds/dup.csv': 'a\n1\n',
    'seeds/lost.yml': 'description: x',
    'tests/t.sql': '/* test\nseverity: fatal\nwarn_if: many\n*/ select 1',
  });
  expect(problems).toMatchInlineSnapshot(`
    [
      "etl.yml:2:1 project/unknown-key: "modells" is not a key of etl.yml. (did you mean "models"?)",
      "etl.yml:4:12 project/unknown-key: "materialised" is no setting, and a folder models/marts/materialised/ would need a map of settings. (did you mean "materialized"?)",
      "etl.yml:5:3 project/unknown-key: "staging" is no setting, and a folder models/staging/ would need a map of settings.",
      "etl.yml:6:20 project/invalid-value: "engine.threads" must be a number, not text.",
      "etl.yml:6:40 project/invalid-value: "engine.memory_limit" must be a size such as 4GB.",
      "models/b.sql:3:1 project/bad-yaml: Flow sequence in block collection must be sufficiently indented and end with a ].",
      "models/c.sql:1:1 project/bad-yaml: The front matter does not end. (end it with */ before the SQL)",
      "models/d-e.sql:1:1 project/invalid-name: Model name "d-e" holds characters that a bare SQL name cannot have. (use letters, digits and underscores, such as d_e)",
      "models/marts/a.sql:2:15 project/invalid-value: "materialized" must be one of view, table, ephemeral, incremental, not "tabel". (did you mean "table"?)",
      "models/marts/a.sql:3:1 project/unknown-key: "partition-by" is not a key of the front matter. (did you mean "partition_by"?)",
      "models/marts/a.sql:4:7 project/invalid-value: "tags" must be text or a list, not a map.",
      "models/marts/a.sql:6:9 project/unknown-key: "test" is not a key of "columns.id". (did you mean "tests"?)",
      "models/marts/a.sql:8:5 project/unknown-test: There is no test "not_nul". (did you mean "not_null"?)",
      "models/marts/a.sql:9:5 project/unknown-key: "row_cont" is not a key of "tests[1]". (did you mean "row_count"?)",
      "models/select.sql:1:1 project/invalid-name: Model name "select" is a reserved word of SQL. (use letters, digits and underscores, such as my_select)",
      "models/x/dup.sql:1:1 project/duplicate-name: There are two of the name "dup". (models, seeds and tables of a source need names of their own: rename one)",
      "models/y/Dup.sql:1:1 project/duplicate-name: There are two of the name "Dup" (upper and lower case are the same to SQL). (models, seeds and tables of a source need names of their own: rename one)",
      "seeds/lost.yml:1:1 project/missing-key: These are settings of the seed seeds/lost.csv, which does not exist.",
      "sources.yml:3:16 project/unknown-connector: There is no connector "fiel". (did you mean "file"?)",
      "tests/t.sql:2:11 project/invalid-value: "severity" must be one of error, warn, not "fatal".",
      "tests/t.sql:3:10 project/invalid-value: "warn_if" must compare the number of failing rows, such as "> 10".",
    ]
  `);
  expect(project.models.find(({ name }) => name === 'a')).toMatchObject({
    config: {
      materialized: 'view',
      tags: [],
      columns: [{ name: 'id' }],
      tests: [{ assertion: { kind: 'expression', expression: 'x > 0' } }],
    },
  });
  expect(project.models.map(({ path }) => path)).toEqual([
    'models/b.sql',
    'models/c.sql',
    'models/d-e.sql',
    'models/marts/a.sql',
    'models/select.sql',
  ]);
});

test('aliases are followed, within bounds', async () => {
  const bomb = ['a: &a [x]'];
  for (const [i, name] of [...'bcdefgh'].entries()) {
    const alias = `*${'abcdefgh'[i]}`;
    bomb.push(`${name}: &${name} [${Array(9).fill(alias).join(', ')}]`);
  }
  const { project, problems } = await readFiles({
    'models/good.sql': '/* model\nunique_key: &k [a, b]\norder_by: *k\n*/ select 1',
    'models/loop.sql': '/* model\nmeta: &m { inner: *m }\n*/ select 1',
    'seeds/bomb.csv': 'a\n1\n',
    'seeds/bomb.yml': `meta:\n  ${bomb.join('\n  ')}\n`,
  });
  expect(project.models[0]!.config.options).toEqual({ unique_key: ['a', 'b'], order_by: ['a', 'b'] });
  expect(problems).toEqual([
    'models/loop.sql:2:19 project/bad-yaml: Aliases are nested too deeply.',
    expect.stringMatching(/^seeds\/bomb.yml:\d+:\d+ project\/bad-yaml: This is too large.$/),
  ]);
});

test('what cannot be understood is reported once', async () => {
  const { problems } = await readFiles({
    'models/a.sql': '/* model\ndescription: a: b\ntags: [*lost]\n*/ select 1',
    'models/b.sql': '/* model\npublish: { to: a: b, pth: c }\n*/ select 1',
  });
  expect(problems).toEqual([
    'models/a.sql:2:14 project/bad-yaml: Nested mappings are not allowed in compact mappings.',
    'models/a.sql:3:8 project/bad-yaml: There is no anchor "&lost".',
    'models/b.sql:2:16 project/bad-yaml: Block collections are not allowed within flow collections.',
    'models/b.sql:2:22 project/unknown-key: "pth" is not a key of "publish". (did you mean "path"?)',
  ]);
});

test('front matter that is written as that of something else does not pass for a comment', async () => {
  const { problems } = await readFiles({
    'models/a.sql': '/* Model\ntags: [x]\n*/ select 1',
    'models/b.sql': '-- é\n/* test\nseverity: warn\n*/ select 1',
    'models/c.sql': '/* Models of orders: the first */ select 1',
    'tests/t.sql': '/* model\nseverity: warn\n*/ select 1',
  });
  expect(problems).toEqual([
    'models/a.sql:1:1 project/bad-yaml: The front matter of a model begins otherwise. (write `/* model`)',
    'models/b.sql:2:1 project/bad-yaml: The front matter of a model begins otherwise. (write `/* model`)',
    'tests/t.sql:1:1 project/bad-yaml: The front matter of a test begins otherwise. (write `/* test`)',
  ]);
});

test.each([
  ['/* model:\nmaterialized: table\n*/', ' alone on its line'],
  ['/* modle\ntests: [row_count: { min: 1 }]\n*/', ''],
  ['/** model\n * publish: true\n */', ''],
  ['/* model # the mart\n# of orders\n\npublish:\n  path: x\n*/', ' alone on its line'],
  ['-- é\n/* mdel materialized: table */', ''],
])('front matter that begins with a misspelt word does not pass for a comment: %j', async (text, alone) => {
  const { problems } = await readFiles({ 'models/a.sql': `${text} select 1` });
  expect(problems).toEqual([
    `models/a.sql:${text.startsWith('--') ? 2 : 1}:1 project/bad-yaml: The front matter of a model begins otherwise. (write \`/* model\`${alone})`,
  ]);
});

test.each([
  '/* model of tests: the first */',
  '/* Mode: fast, publish: true */',
  '/* Notes\ntags: none\n*/',
  '/** Model\n * The source: orders\n */',
  '/* modle\nsee: the wiki\n*/',
  '/* Owner\ndescription: finance\n*/',
  '/* todo materialized: table? */',
])('an ordinary comment stays one: %j', async (text) => {
  expect((await readFiles({ 'models/a.sql': `${text} select 1` })).problems).toEqual([]);
});

test('a duplicate name comes with both places', async () => {
  const { diagnostics } = await readFiles({ 'models/a/x.sql': 'select 1', 'models/b/x.sql': 'select 1' });
  expect(diagnostics).toMatchObject([
    {
      code: 'project/duplicate-name',
      span: { file: 'models/b/x.sql' },
      notes: [{ span: { file: 'models/a/x.sql' } }],
    },
  ]);
});

test('files that are no text and links out of the project are errors', async () => {
  const rootDir = await writeProject({ 'models/ok.sql': 'select 1' });
  await writeFile(join(rootDir, 'models/latin.sql'), Buffer.from([0x73, 0xe9]));
  await symlink('/etc/hostname', join(rootDir, 'models/out.sql'));
  await symlink('ok.sql', join(rootDir, 'models/inside.sql'));
  const { problems, project } = await readFiles({}, { rootDir });
  expect(problems).toEqual([
    'models/latin.sql:1:1 project/unreadable-file: models/latin.sql cannot be read: it is not UTF-8 text. (save it in the encoding UTF-8)',
    'models/out.sql:1:1 project/unreadable-file: models/out.sql is a link that leads out of the project or nowhere.',
  ]);
  expect(project.models.map(({ name }) => name)).toEqual(['inside', 'ok']);
});

test('a folder that cannot be listed is not taken for an empty one', async () => {
  const rootDir = await writeProject({});
  await symlink('models', join(rootDir, 'models'));
  await symlink('nowhere', join(rootDir, 'seeds'));
  expect((await readFiles({}, { rootDir })).problems).toEqual([
    'project/unreadable-file: The folder models cannot be listed: ELOOP.',
    'project/unreadable-file: The folder seeds cannot be listed: ENOENT.',
  ]);
});

test('without etl.yml there is no project', async () => {
  const { project, problems } = await readFiles({}, { rootDir: '/nowhere' });
  expect(project).toBeUndefined();
  expect(problems).toEqual([
    'project/not-found: There is no etl.yml in /nowhere. (run "etl init" to make a project, or name its folder with --project-dir)',
  ]);
});
