import { quoteString } from '../util/sql-quote.js';
import { TemplateError } from './template-error.js';

const largestHugeint = 2n ** 127n - 1n;

/**
 * A JavaScript value as SQL that DuckDB reads back as the same value:
 *
 * - string → quoted literal, whatever it holds; number, bigint, boolean, null → as SQL writes them
 * - Date → `TIMESTAMPTZ '…'`; Uint8Array → BLOB
 * - array → `(1, 2)`, for `in`; an empty one is a subquery without rows, so that `in` is false and `not in` true
 *
 * Throws `TemplateError` for whatever has no SQL form: undefined, functions, promises, plain objects.
 */
export function sqlLiteral(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return stringLiteral(value);
    case 'number':
      return numberLiteral(value);
    case 'bigint':
      return bigintLiteral(value);
    case 'boolean':
      return String(value);
    case 'object':
      return objectLiteral(value);
    case 'undefined':
      throw bad('undefined', 'return a value, null, or sql`` for no SQL at all.');
    case 'function':
      throw bad(
        `the function ${value.name || '(anonymous)'}`,
        `did you forget to call it? Write ${value.name || 'macro'}(…).`,
      );
    default:
      throw bad('a symbol');
  }
}

function stringLiteral(value: string): string {
  if (/\p{Surrogate}/u.test(value)) throw bad('a string with half of a surrogate pair');
  return quoteString(value);
}

// A minus sign behind a minus sign would start a comment, hence the parentheses.
function numberLiteral(value: number): string {
  if (Number.isFinite(value)) return value < 0 ? `(${value})` : String(value);
  const name = Number.isNaN(value) ? 'nan' : value > 0 ? 'infinity' : '-infinity';
  return `'${name}'::DOUBLE`;
}

function bigintLiteral(value: bigint): string {
  if (value > largestHugeint || value < -largestHugeint - 1n) {
    throw bad('an integer of more than 128 bits', 'pass it as a string and cast it.');
  }
  // The smallest one has no positive counterpart to put a minus sign before.
  if (value === -largestHugeint - 1n) return `'${value}'::HUGEINT`;
  return value < 0n ? `(${value})` : String(value);
}

function objectLiteral(value: object | null): string {
  if (value === null) return 'NULL';
  if (value instanceof Date) return dateLiteral(value);
  if (value instanceof Uint8Array) return `from_hex('${Buffer.from(value).toString('hex')}')`;
  if (Array.isArray(value)) {
    return value.length === 0 ? '(select NULL where false)' : `(${value.map(sqlLiteral).join(', ')})`;
  }
  if ('then' in value && typeof value.then === 'function') {
    // Nobody awaits it: without this, its rejection would end the process.
    value.then(undefined, () => {});
    throw bad('a promise', 'expressions run synchronously; macros cannot be async.');
  }
  const name = value.constructor?.name;
  throw bad(
    name && name !== 'Object' ? `an object of class ${name}` : 'an object',
    'pick the property you mean, or write JSON with JSON.stringify(…).',
  );
}

function dateLiteral(value: Date): string {
  const time = value.getTime();
  if (Number.isNaN(time)) throw bad('an invalid Date');
  const year = value.getUTCFullYear();
  return year >= 1 && year <= 9999
    ? `TIMESTAMPTZ '${value.toISOString()}'`
    : `make_timestamptz(${BigInt(time) * 1000n})`;
}

function bad(what: string, hint?: string): TemplateError {
  return new TemplateError('template/bad-value', `This gives ${what}, which cannot stand in SQL.`, hint);
}
