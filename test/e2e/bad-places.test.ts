import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { check } from '../../src/api/check.js';
import { clean } from '../../src/api/clean.js';
import { buildWell } from '../support/build-project.js';
import { makeProject, runEtl, writeFiles } from '../support/cli.js';

const files = { 'models/a.sql': '/* model\nmaterialized: table\n*/\nselect 1 as n\n' };
const etlYml = (lake: string) => `name: x\ntargets:\n  dev: { lake: '${lake}' }\n`;
const published = (to: string) =>
  `/* model\nmaterialized: table\npublish: { path: a, to: '${to}' }\n*/\nselect 1 as n\n`;

/** What stands after "A lake cannot be " or "a cannot be published to a place ", and the hint. */
const places: readonly (readonly [address: string, where: string, hint: string | undefined])[] = [
  [
    'gs://bucket/shop',
    'at gs://; known are a folder and s3://.',
    'R2 and other stores that speak S3 are at s3://, with an endpoint',
  ],
  [
    'r2://bucket/shop',
    'at r2://; known are a folder and s3://.',
    'R2 and other stores that speak S3 are at s3://, with an endpoint',
  ],
  [
    'http://host/shop',
    'at http://; known are a folder and s3://.',
    'R2 and other stores that speak S3 are at s3://, with an endpoint',
  ],
  ['S3://bucket/shop', 'at S3://; known are a folder and s3://.', 'did you mean "s3://"?'],
  ['s3:/bucket/shop', 'at s3:; known are a folder and s3://.', 'did you mean "s3://"?'],
  ['s3:bucket', 'at s3:; known are a folder and s3://.', 'did you mean "s3://"?'],
  ['file:///tmp/shop', 'at file://; known are a folder and s3://.', 'write the path without file://'],
  [
    '~/shop',
    'at ~, which only a shell takes for the home folder.',
    'write the path out, as in "${env.HOME}/lake"',
  ],
  ...['cache', 'tmp/shop', 'compiled', 'Types/x', 'dev.duckdb'].map(
    (name) =>
      [
        `.etl/${name}`,
        `in .etl/${name.toLowerCase().split('/')[0]}, which belongs to the tool: \`etl clean\` removes it.`,
        'name another folder, such as .etl/lake',
      ] as const,
  ),
];

test.each(places)('no lake can be at %s', async (lake, where, hint) => {
  const folder = makeProject({ ...files, 'etl.yml': etlYml(lake.replaceAll('$', '$$')) });
  const { diagnostics } = await check({ projectDir: folder, env: {} });
  expect(diagnostics).toEqual([
    expect.objectContaining({ code: 'project/bad-place', message: `A lake cannot be ${where}` }),
  ]);
  expect(diagnostics[0]!.hint).toBe(hint);
  expect(diagnostics[0]).toMatchObject({ span: { file: 'etl.yml', start: { line: 3, column: 16 } } });
});

test.each(places)('no table can be published to %s', async (to, where, hint) => {
  const folder = makeProject({ 'models/a.sql': published(to) });
  const { diagnostics } = await check({ projectDir: folder, env: {} });
  expect(diagnostics).toEqual([
    expect.objectContaining({
      code: 'project/bad-place',
      message: `a cannot be published to a place ${where}`,
    }),
  ]);
  expect(diagnostics[0]!.hint).toBe(hint);
  expect(diagnostics[0]).toMatchObject({
    span: { file: 'models/a.sql', start: { line: 3, column: 25 } },
  });
});

test('folders whose names only look like it are folders', async () => {
  for (const lake of ['lake', '.etl/lake', '.etl/caches', './s3:/shop', 'a:b', '~lake', '.etl']) {
    const folder = makeProject({ ...files, 'etl.yml': etlYml(lake) });
    expect((await check({ projectDir: folder, env: {} })).diagnostics).toEqual([]);
  }
});

test('every command refuses such a lake, and makes no folder of its name', async () => {
  const folder = makeProject({ ...files, 'etl.yml': etlYml('r2://bucket/shop') });
  for (const args of [
    ['build'],
    ['land'],
    ['query', 'from a'],
    ['show', 'a'],
    ['history'],
    ['vacuum'],
    ['clean'],
  ]) {
    const { code, stderr } = await runEtl(folder, args);
    expect(code, args[0]).toBe(1);
    expect(stderr.match(/etl.yml:3:16 {2}project\/bad-place/g), args[0]).toHaveLength(1);
  }
  expect(readdirSync(folder).filter((name) => name.startsWith('r2'))).toEqual([]);
}, 60_000);

test('clean deletes no lake that an earlier build left where it now may not be, of whatever target', async () => {
  const folder = makeProject(files);
  await buildWell(folder);
  const targets = 'name: x\ntargets:\n  dev: { lake: .etl/lake }\n  ci: { lake: .etl/cache/ci }\n';
  writeFiles(folder, { 'etl.yml': targets });
  await expect(clean({ projectDir: folder, env: {} })).rejects.toThrow('A lake cannot be in .etl/cache');
  writeFiles(folder, { 'etl.yml': etlYml('.etl/lake'), 'models/a.sql': published('.etl/cache/out') });
  await expect(clean({ projectDir: folder, env: {} })).rejects.toThrow('a cannot be published');
  expect(existsSync(join(folder, '.etl/cache'))).toBe(true);
});
