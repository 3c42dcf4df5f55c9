import type { ColumnType } from '../../schema/column-type.js';
import { blobText, bytesOfBlobText } from '../../util/blob-text.js';
import { Misfit } from './misfit.js';

/** A value of a type without parts, exact and in one form for each type. */
export type ScalarValue = boolean | number | bigint | string | Uint8Array;

/** Throws a `Misfit` for what is not exactly a value of the type. */
export type ScalarCheck = (value: unknown) => ScalarValue;

/** The least and the greatest value of each integer type. */
export const integerRanges: Readonly<Record<string, readonly [bigint, bigint]>> = {
  TINYINT: signed(8n),
  SMALLINT: signed(16n),
  INTEGER: signed(32n),
  BIGINT: signed(64n),
  UTINYINT: unsigned(8n),
  USMALLINT: unsigned(16n),
  UINTEGER: unsigned(32n),
  UBIGINT: unsigned(64n),
  // What DECIMAL(38,0) holds, as which it rests.
  HUGEINT: [1n - 10n ** 38n, 10n ** 38n - 1n],
};

const inexact = 'a number of this size is not exact, a bigint is';

/** The check for one scalar, decimal or enum type. What DuckDB reads from text, it checks itself. */
export function scalarCheck(type: ColumnType): ScalarCheck {
  if (type.kind === 'decimal') return decimal;
  if (type.kind === 'enum') return oneOf(type.values);
  const name = type.kind === 'scalar' ? type.name : '';
  const range = integerRanges[name];
  if (range) return name === 'HUGEINT' ? wholeOrText(...range) : whole(...range);
  if (/^(DATE|TIME)/.test(name)) return moment;
  return checks[name] ?? anything;
}

const checks: Readonly<Record<string, ScalarCheck>> = {
  BOOLEAN: (value) => (typeof value === 'boolean' ? value : refuse(value)),
  DOUBLE: double,
  FLOAT(value) {
    const number = double(value);
    return Number.isFinite(number) && !Number.isFinite(Math.fround(number)) ? refuse(value) : number;
  },
  VARCHAR: text,
  UUID: text,
  BLOB: bytes,
  JSON: json,
};

function refuse(value: unknown, reason?: string): never {
  throw new Misfit(value, reason);
}

function signed(bits: bigint): readonly [bigint, bigint] {
  return [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n];
}

function unsigned(bits: bigint): readonly [bigint, bigint] {
  return [0n, 2n ** bits - 1n];
}

function whole(least: bigint, greatest: bigint): ScalarCheck {
  const isLarge = greatest > BigInt(Number.MAX_SAFE_INTEGER);
  const [low, high] = [Number(least), Number(greatest)];
  return (value) => {
    if (typeof value === 'number') {
      if (!Number.isInteger(value) || value < low || value > high) refuse(value);
      if (!isLarge) return value;
      return Number.isSafeInteger(value) ? BigInt(value) : refuse(value, inexact);
    }
    if (typeof value !== 'bigint' || value < least || value > greatest) refuse(value);
    return isLarge ? value : Number(value);
  };
}

/** For integers that come in as text, because Arrow has none of their size. */
function wholeOrText(least: bigint, greatest: bigint): ScalarCheck {
  const check = whole(least, greatest);
  return (value) =>
    check(typeof value === 'string' && /^[+-]?\d+$/.test(value) ? BigInt(value.replace('+', '')) : value);
}

function double(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value !== 'bigint') refuse(value);
  const number = Number(value);
  return Number.isFinite(number) && BigInt(number) === value ? number : refuse(value);
}

function decimal(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'bigint') return String(value);
  if (typeof value !== 'number' || !Number.isFinite(value)) refuse(value);
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) refuse(value, inexact);
  return String(value);
}

function oneOf(values: readonly string[]): ScalarCheck {
  const known = new Set<unknown>(values);
  return (value) => (known.has(value) ? (value as string) : refuse(value));
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : refuse(value);
}

function moment(value: unknown): string {
  if (!(value instanceof Date)) return text(value);
  return Number.isNaN(value.getTime()) ? refuse(value) : value.toISOString();
}

function bytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value !== 'string') refuse(value);
  return bytesOfBlobText(value) ?? refuse(value, `bytes as text are written like ${blobText([0, 255])}`);
}

/** A string is the text of a JSON value, as it comes in. */
function json(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && !Number.isFinite(value)) refuse(value);
  return JSON.stringify(value, jsonPart) ?? refuse(value);
}

function jsonPart(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number' && !Number.isFinite(value)) refuse(value, 'JSON has no such number');
  if (value instanceof Map || value instanceof Set || value instanceof Promise) {
    refuse(value, `JSON has no ${value.constructor.name}`);
  }
  return value;
}

function anything(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Date) return moment(value);
  if (typeof value === 'function' || typeof value === 'symbol') return refuse(value);
  return typeof value === 'object' ? json(value) : String(value);
}
