import { expect, test } from 'vitest';
import { compileParts, shown } from './compile-fixtures.js';

test('cycles are named with their path, at each file, beside all other errors', async () => {
  const { value, diagnostics } = await compileParts({
    models: {
      a: 'select * from c',
      b: '\nselect * from a',
      c: 'select * from b join alone on true',
      below: 'select nothing from a',
      self: 'select 1 as x from self',
      grows: 'select x from grows',
      wrong: 'select y from alone',
      alone: 'select 1 as x',
    },
    configs: { grows: { materialized: 'incremental' } },
  });
  expect(diagnostics.map(shown)).toEqual([
    'models/a.sql:1:15-16 compile/cycle These depend on each other in a circle, each reading the next: a → c → b → a. | take one of these references out',
    'models/grows.sql:1:15-20 compile/cycle grows reads itself. | a full build has no rows of its own to read: write ${when(incremental, sql`…`)} around what reads them',
    'models/self.sql:1:20-24 compile/cycle self reads itself. | take one of these references out',
    'models/wrong.sql:1:8-9 compile/unknown-column Column "y" does not exist in alone. | did you mean "x"?',
  ]);
  expect(
    diagnostics[0]!.notes!.map(({ message, span }) => `${message} ${span!.file}:${span!.start.line}`),
  ).toEqual(['c reads b models/c.sql:1', 'b reads a models/b.sql:2']);
  expect(value.failed?.map(({ name }) => name)).toEqual(['a', 'b', 'below', 'c', 'grows', 'self', 'wrong']);
});
