import { describe, expect, test } from 'vitest';
import { readFiles } from './project-fixture.js';

const prod = `name: shop
targets:
  dev: { lake: lake }
  prod:
    lake: s3://acme/\${vars.folder}/
    s3: { endpoint: '\${env.R2_ENDPOINT}', force_path_style: "\${env.PATH_STYLE ?? 'true'}",
          access_key_id: "\${env.R2_KEY}" }
vars: { folder: shop, cents: 100, rates: { eur: 1.1 }, days: [1, 2] }
engine: { threads: '\${env.THREADS ?? 4}', memory_limit: 4GB, init: "set x = '\${vars.folder}'" }
`;

describe('targets and engine', () => {
  test('only the chosen target needs its environment variables', async () => {
    const { project, problems, rootDir } = await readFiles({ 'etl.yml': prod });
    expect(problems).toEqual([]);
    expect(project.target).toMatchObject({ name: 'dev', lake: `${rootDir}/lake` });
    expect(project.target.s3).toBeUndefined();
    expect(project.targetNames).toEqual(['dev', 'prod']);
    expect(project.engine).toMatchObject({ threads: 4, memoryLimit: '4GB', init: "set x = 'shop'" });
    expect(project.engine.initSpan).toMatchObject({ file: 'etl.yml', start: { line: 9, column: 68 } });
  });

  test('values of the environment become what the setting needs', async () => {
    const env = { R2_ENDPOINT: 'http://r2', R2_KEY: '123', THREADS: '2' };
    const { project, problems } = await readFiles({ 'etl.yml': prod }, { targetName: 'prod', env });
    expect(problems).toEqual([]);
    expect(project.target).toMatchObject({
      name: 'prod',
      lake: 's3://acme/shop',
      s3: { endpoint: 'http://r2', force_path_style: true, access_key_id: '123' },
    });
    expect(project.engine.threads).toBe(2);
  });

  test('a missing variable is named with who needs it, where it stands', async () => {
    const { project, problems } = await readFiles({ 'etl.yml': prod }, { targetName: 'prod' });
    expect(problems).toEqual([
      'etl.yml:6:22 project/missing-env: Target "prod" needs the environment variable R2_ENDPOINT, which is not set. (set R2_ENDPOINT, or give a default: ${env.R2_ENDPOINT ?? \'value\'})',
      'etl.yml:7:27 project/missing-env: Target "prod" needs the environment variable R2_KEY, which is not set. (set R2_KEY, or give a default: ${env.R2_KEY ?? \'value\'})',
    ]);
    expect(project.target.lake).toBe('s3://acme/shop');
  });

  test.each([
    [
      { targetName: 'prd' },
      'project/unknown-target: There is no target "prd" in etl.yml. (did you mean "prod"?)',
    ],
    [
      { vars: { foldr: 1 } },
      'project/unknown-var: --vars sets "foldr", which etl.yml does not define. (did you mean "folder"?)',
    ],
  ])('%j is an error', async (options, problem) => {
    expect((await readFiles({ 'etl.yml': prod }, options)).problems).toEqual([problem]);
  });

  test('a target has values of its own for variables, and --vars goes before them', async () => {
    const text = `name: shop
default_target: "\${vars.usual}"
targets:
  dev: { lake: 'lake/\${vars.folder}' }
  ci:
    lake: 'lake/\${vars.folder}'
    vars: { folder: ci, days: [7], region: "\${env.REGION ?? 'EU'}" }
  prod: { lake: p, vars: { folder: "\${env.NOWHERE}", regin: US } }
vars: { usual: dev, folder: all, days: [1, 2], region: "\${env.HOME_REGION}" }
`;
    const read = (options: Parameters<typeof readFiles>[1]) => readFiles({ 'etl.yml': text }, options);
    const ci = await read({ targetName: 'ci', vars: { days: 3 } });
    expect(ci.problems).toEqual([]);
    expect(ci.project.vars).toEqual({ usual: 'dev', folder: 'ci', days: 3, region: 'EU' });
    expect(ci.project.target.lake).toBe(`${ci.rootDir}/lake/ci`);
    const dev = await read({ env: { HOME_REGION: 'DE' } });
    expect(dev.problems).toEqual([]);
    expect(dev.project.vars).toEqual({ usual: 'dev', folder: 'all', days: [1, 2], region: 'DE' });
    expect((await read({ targetName: 'prod', env: { HOME_REGION: 'DE' } })).problems).toEqual([
      'etl.yml:8:37 project/missing-env: Target "prod" needs the environment variable NOWHERE, which is not set. (set NOWHERE, or give a default: ${env.NOWHERE ?? \'value\'})',
      'etl.yml:8:54 project/unknown-var: Target "prod" sets "regin", which "vars" in etl.yml does not define. (did you mean "region"?)',
    ]);
  });

  test('without targets there is dev, without dev the first is the default', async () => {
    const bare = await readFiles({ 'etl.yml': 'name: a' });
    expect(bare.project.target).toEqual({ name: 'dev', lake: `${bare.rootDir}/.etl/lake` });
    const one = await readFiles({ 'etl.yml': 'name: a\ntargets: { ci: { lake: /tmp/x } }' });
    expect(one.project.target).toMatchObject({
      name: 'ci',
      lake: '/tmp/x',
      lakeSpan: { file: 'etl.yml', start: { line: 2, column: 24 } },
    });
  });

  test('an empty etl.yml lacks its name', async () => {
    expect((await readFiles({ 'etl.yml': '# nothing\n' })).problems).toEqual([
      'etl.yml:1:1 project/missing-key: The key "name" is missing in etl.yml.',
    ]);
  });
});

describe('variables', () => {
  const etl = "name: a\nvars:\n  n: 3\n  tables: [x, y]\n  deep: { a: '1' }\n";
  const model = (text: string) => ({ 'etl.yml': etl, 'models/m.sql': `/* model\n${text}\n*/ select 1` });

  test('a value that is only a variable keeps its type; the command line overrides', async () => {
    const files = model(
      'tags: ${vars.tables}\nlookback: ${vars.n}\ndescription: Over ${vars.n} and ${vars.deep.a}.',
    );
    const { project, problems } = await readFiles(files, { vars: { n: 5 } });
    expect(problems).toEqual([]);
    expect(project.vars).toEqual({ n: 5, tables: ['x', 'y'], deep: { a: '1' } });
    expect(project.models[0]!.config).toMatchObject({
      tags: ['x', 'y'],
      options: { lookback: 5 },
      description: 'Over 5 and 1.',
    });
  });

  test('what cannot be filled in is an error at the expression', async () => {
    const { problems } = await readFiles(
      model("description: 'it''s ${vars.m} and ${macro()} and ${vars.tables}'\nbegin: ${env.BEGIN}"),
    );
    expect(problems).toEqual([
      'models/m.sql:2:21 project/unknown-var: There is no variable "m" in etl.yml. (did you mean "n"?)',
      "models/m.sql:2:35 project/invalid-value: This is no value that can be filled in. (only ${env.NAME}, ${env.NAME ?? 'default'} and ${vars.name} can stand here)",
      'models/m.sql:2:50 project/invalid-value: A list or map cannot be part of a text.',
      'models/m.sql:3:8 project/missing-env: Model "m" needs the environment variable BEGIN, which is not set. (set BEGIN, or give a default: ${env.BEGIN ?? \'value\'})',
    ]);
  });

  test('an expression that YAML reads as a map comes with what to write', async () => {
    const { problems } = await readFiles({ 'etl.yml': 'name: a\ntargets: { dev: { lake: ${env.X} } }' });
    expect(problems[0]).toContain('(write values with ${…} in double quotes)');
  });

  test('values of the environment are never shown', async () => {
    const secret = 'hunter2';
    const env = { A: secret };
    const { diagnostics } = await readFiles(
      {
        'etl.yml':
          "name: a\ndefault_target: ${env.A}\nvars: { s: '${env.A}' }\nengine: { threads: '${env.A}', memory_limit: '${vars.s}' }",
        'sources.yml':
          "sources:\n  a: { connector: '${env.A}', tables: {} }\n  b: { connector: postgres, connection: 'x${env.A}', pool: '${env.A}', tables: { t: } }",
        'models/m.sql': "/* model\nmaterialized: '${vars.s}'\nlookback: '${env.A}'\n*/ select 1",
      },
      { env },
    );
    expect(diagnostics).toHaveLength(8);
    expect(JSON.stringify(diagnostics)).not.toContain(secret);
  });
});
