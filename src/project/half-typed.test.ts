import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readFiles } from './project-fixture.js';

const files = {
  'etl.yml': `name: shop
default_target: dev
targets:
  dev: { lake: .etl/lake }
  prod: { lake: "\${env.LAKE ?? 's3://x'}", s3: { region: auto } }
vars: { start: 2024-01-01, n: 3 }
models:
  marts: { materialized: table, tags: [mart] }
engine: { threads: 4, memory_limit: 4GB }
`,
  'sources.yml': `sources:
  shop:
    connector: postgres
    connection: '\${env.DB ?? "postgres://x"}'
    tables:
      orders: { cursor: updated_at, primary_key: [order_id] }
  web:
    connector: file
    tables:
      clicks: { path: data/*.csv, columns: { at: { type: DATE, tests: [not_null] } } }
`,
  'models/marts/orders.sql': `/* model
description: >-
  One row
  per order.
materialized: incremental
columns:
  id: { tests: [not_null, { accepted_values: [a, b] }] }
tests:
  - unique: [a, b]
    severity: warn
  - x >= \${vars.n}
*/
select 1`,
  'seeds/s.csv': 'a\n1\n',
  'seeds/s.yml': 'columns:\n  a: { type: INTEGER, tests: [unique] }\n',
  'tests/t.sql': "/* test\nseverity: warn\nerror_if: '> 3'\n*/ select 1",
};

test('no half-typed file makes reading fail, and every error has a place in its file', async () => {
  const edit = fc.record({
    path: fc.constantFrom(...(Object.keys(files) as (keyof typeof files)[])),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    remove: fc.nat(30),
    insert: fc.constantFrom(
      '',
      ':',
      '- ',
      '{',
      '}',
      '[',
      '"',
      "'",
      '${',
      '&a ',
      '*a',
      '\t',
      '\n',
      '  ',
      '# ',
      '? ',
      '|',
      '1',
      'é',
    ),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 3 }), async (edits) => {
      const edited: Record<string, string> = { ...files };
      for (const { path, at, remove, insert } of edits) {
        const text = edited[path]!;
        const from = Math.floor(at * text.length);
        edited[path] = text.slice(0, from) + insert + text.slice(from + remove);
      }
      const { diagnostics, project } = await readFiles(edited);
      expect(project.models).toHaveLength(1);
      for (const { span, message } of diagnostics) {
        expect(message).toMatch(/\.$/);
        const text = edited[span!.file] ?? '';
        expect(span!.start.offset).toBeLessThanOrEqual(text.length);
        expect(span!.end.offset).toBeGreaterThanOrEqual(span!.start.offset);
        expect(text.slice(0, span!.start.offset).split('\n')).toHaveLength(span!.start.line);
      }
    }),
    { numRuns: 60 },
  );
});
