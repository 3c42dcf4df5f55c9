import { quoteString } from '../util/sql-quote.js';
import type { UnitTestValue } from './unit-test.js';

/** A value of a unit test as an SQL expression of its column's type. */
export function unitTestValueSql(value: UnitTestValue, type: string): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return `cast(${quoteString(value)} as ${type})`;
  const json = `cast(${quoteString(value.json)} as JSON)`;
  return type === 'JSON' ? json : `cast(${json} as ${type})`;
}
