import { expect, test } from 'vitest';
import { placeOf } from '../diagnostics/span.js';
import type { ModelFile, NodeConfig } from '../ir/project.js';
import { readModelConfig } from './read-model-config.js';

const folder: NodeConfig = {
  materialized: 'view',
  tags: ['staging'],
  enabled: true,
  partitionBy: [],
  publish: false,
  columns: [],
  tests: [],
  meta: { owner: 'data' },
  options: { unique_key: ['id'] },
};

function read(literal: string) {
  const text = `import { db } from 'parquetry';\nexport const config = ${literal} satisfies object;\n`;
  const model: ModelFile = {
    name: 'm',
    path: 'models/m.ts',
    text,
    hash: '',
    language: 'ts',
    bodyOffset: 0,
    config: folder,
    configSpans: {},
  };
  const written: unknown = new Function(`return (${literal});`)();
  const { value, diagnostics } = readModelConfig(model, written, ['view', 'table']);
  return {
    ...value,
    errors: diagnostics.map((d) => `${d.span && placeOf(d.span)} ${d.code} ${d.message} ${d.hint}`),
  };
}

test('settings stand over the defaults of the folder, with their places', () => {
  const { config, configSpans, errors } = read(`{
  materialized: 'table',
  tags: ['daily'],
  partition_by: 'day',
  columns: { day: { description: "It's a day: yes", tests: ['not_null', { accepted_values: [1, 2] }] } },
  tests: ['amount > 0'],
}`);
  expect(errors).toEqual([]);
  expect(config).toMatchObject({
    materialized: 'table',
    tags: ['staging', 'daily'],
    partitionBy: ['day'],
    meta: { owner: 'data' },
    options: { unique_key: ['id'] },
  });
  expect(config.columns[0]?.tests.map((t) => [t.assertion.kind, t.span && placeOf(t.span)])).toEqual([
    ['not_null', 'models/m.ts:6:61'],
    ['accepted_values', 'models/m.ts:6:73'],
  ]);
  expect(placeOf(configSpans.partition_by!)).toBe('models/m.ts:5:17');
  expect(placeOf(configSpans['columns.day']!)).toBe('models/m.ts:6:14');
  expect(placeOf(config.tests[0]!.span!)).toBe('models/m.ts:7:11');
});

test('mistakes are reported at their keys and values', () => {
  const { errors, config } = read(`{
  materialised: 'table',
  materialized: 'tabel',
  columns: { id: { tests: ['not_nul'] } },
  enabled: () => true,
}`);
  expect(errors).toEqual([
    'models/m.ts:4:17 project/invalid-value "materialized" must be one of view, table, not "tabel". did you mean "table"?',
    'models/m.ts:6:12 project/invalid-value "enabled" must be true or false, not text. undefined',
    'models/m.ts:3:3 project/unknown-key "materialised" is not a key of "config". did you mean "materialized"?',
    'models/m.ts:5:28 project/unknown-test There is no test "not_nul". did you mean "not_null"?',
  ]);
  expect(config.materialized).toBe('view');
});

test('what is no object is refused', () => {
  expect(read('42').errors).toEqual([
    'models/m.ts:2:23 project/invalid-value "config" must be a map, not a number. undefined',
  ]);
});
