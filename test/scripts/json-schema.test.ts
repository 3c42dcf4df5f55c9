import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test.each(['4GB', '512 mib', '50%', '${vars.memory}'])('editors take %s for a limit of memory', (limit) => {
  const schema = JSON.parse(readFileSync('json-schema/etl.schema.json', 'utf8'));
  const { pattern } = schema.properties.engine.properties.memory_limit;
  expect(limit).toMatch(new RegExp(pattern));
  expect(`${limit} or so`).not.toMatch(new RegExp(pattern));
});
