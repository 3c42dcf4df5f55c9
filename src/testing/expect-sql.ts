import { AssertionError } from 'node:assert';
import { type Fragment, type MacroContext, sqlOf } from './sql-of.js';

export interface SqlExpectation {
  /** The SQL is exactly this. */
  toBe(expected: string): void;
  /** The SQL is this, where any white space is as good as any other. */
  toRead(expected: string): void;
  toContain(part: string): void;
  toMatch(pattern: RegExp): void;
}

/**
 * Says what SQL a macro must give. What it throws is an assertion error, which every test runner shows with the
 * difference.
 *
 * ```ts
 * expectSql(centsToDollars('price')).toBe('cast("price" * 0.01 as decimal(18, 2))');
 * expectSql(() => since('day'), { vars: { start_date: '2024-01-01' } }).toContain(`'2024-01-01'`);
 * ```
 */
export function expectSql(fragment: Fragment, context: MacroContext = {}): SqlExpectation {
  const actual = sqlOf(fragment, context);
  const check = (isGood: boolean, message: string, expected: unknown, shown: string = actual) => {
    if (isGood) return;
    throw new AssertionError({ message, actual: shown, expected, operator: 'strictEqual' });
  };
  return {
    toBe: (expected) => check(actual === expected, 'The macro gives other SQL.', expected),
    toRead(expected) {
      const [left, right] = [oneLine(actual), oneLine(expected)];
      check(left === right, 'The macro gives other SQL.', right, left);
    },
    toContain: (part) => check(actual.includes(part), `The SQL does not contain ${part}\n${actual}`, part),
    toMatch: (pattern) =>
      check(pattern.test(actual), `The SQL does not match ${pattern}\n${actual}`, String(pattern)),
  };
}

function oneLine(sql: string): string {
  return sql.trim().replaceAll(/\s+/g, ' ');
}
