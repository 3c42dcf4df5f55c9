import { beforeAll, describe, expect, test } from 'vitest';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { openDuckdb } from '../engine/duckdb.js';
import { compile } from './compile.js';
import { compileInput } from './compile-input-fixture.js';
import { notOneSelect, unknownNames } from './error-fixtures.js';
import { typeErrors } from './type-error-fixtures.js';

const cases = [...unknownNames, ...typeErrors, ...notOneSelect];

const shown = ({ code, message, span, hint }: Diagnostic) =>
  `${span!.start.line}:${span!.start.column}-${span!.end.column} ${code} ${message}${hint ? ` | ${hint}` : ''}`;

describe('all errors of a project at once', () => {
  const modelName = (i: number) => `m${String(i).padStart(2, '0')}`;
  let diagnostics: readonly Diagnostic[];
  beforeAll(async () => {
    const models = Object.fromEntries(cases.map(([, sql], i) => [modelName(i), sql]));
    const below = Object.fromEntries(
      cases.map((_, i) => [`below_${i}`, `select nothing from ${modelName(i)}`]),
    );
    const input = compileInput({
      sources: {
        'shop.orders':
          'id BIGINT, customer_id INTEGER, amount_cents INTEGER, status VARCHAR, ordered_at TIMESTAMP',
      },
      seeds: { rates: 'currency VARCHAR, rate DOUBLE' },
      models: { ...models, ...below, off: 'select 1', good: 'select id from shop.orders' },
      configs: { off: { enabled: false } },
      macros: { 'macros/money.ts': 'export const centsToDollars = (x) => sql`${x}/100`;' },
      sqlMacros: { 'macros/day.sql': 'create macro plus_day(a) as a + interval 1 day;' },
    });
    const outcome = await compile({ ...input, openEngine: () => openDuckdb({ threads: 2 }) });
    diagnostics = outcome.diagnostics;
    // What stands below an error gets no error of its own.
    expect(outcome.value.failed).toHaveLength(2 * cases.length);
    expect([...outcome.value.nodes.keys()]).toEqual(['shop.orders', 'rates', 'good']);
  });

  test.each(cases.map(([name, sql, ...expected], i) => [name, sql, expected, i] as const))(
    '%s: %s',
    (_name, _sql, expected, i) => {
      const file = `models/${modelName(i)}.sql`;
      expect(diagnostics.filter(({ span }) => span?.file === file).map(shown)).toEqual(expected);
    },
  );

  test('are sorted by file and name no other', () => {
    const files = diagnostics.map(({ span }) => span!.file);
    expect(files).toEqual([...files].sort());
    expect(new Set(files).size).toBe(cases.length);
  });
});
