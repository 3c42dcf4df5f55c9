import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { testKinds } from '../../src/project/test-schema.js';

test.each(['4GB', '512 mib', '50%', '${vars.memory}'])('editors take %s for a limit of memory', (limit) => {
  const schema = JSON.parse(readFileSync('json-schema/etl.schema.json', 'utf8'));
  const { pattern } = schema.properties.engine.properties.memory_limit;
  expect(limit).toMatch(new RegExp(pattern));
  expect(`${limit} or so`).not.toMatch(new RegExp(pattern));
});

test('editors want exactly one kind in a data test, and a bound for a number of rows', () => {
  const schema = JSON.parse(readFileSync('json-schema/model.schema.json', 'utf8'));
  const [, test] = schema.properties.tests.items.anyOf;
  expect(test.oneOf).toEqual(testKinds.map((kind) => ({ required: [kind] })));
  expect(test.properties.row_count.anyOf).toEqual([{ required: ['min'] }, { required: ['max'] }]);
});
