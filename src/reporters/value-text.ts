import type { ColumnType } from '../schema/column-type.js';
import { parseType } from '../schema/parse-type.js';
import { TypeTextError } from '../schema/type-tokens.js';
import { own } from '../util/own.js';

const wholeNumbers = /^U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)$|^BIGNUM$/;

/** DuckDB's text for a type, parsed; a type that cannot be read is shown like text. */
export function readType(text: string): ColumnType {
  try {
    return parseType(text);
  } catch (error) {
    if (error instanceof TypeTextError) return { kind: 'scalar', name: text };
    throw error;
  }
}

/** Whether values of the type are numbers, whose digits align on the right. */
export function isNumeric(type: ColumnType): boolean {
  if (type.kind === 'decimal') return true;
  return type.kind === 'scalar' && (wholeNumbers.test(type.name) || /^(FLOAT|DOUBLE)$/.test(type.name));
}

/**
 * JSON for a value as the engine hands it out. Numbers of every size are written with all their digits
 * (`BIGINT` and `DECIMAL` too: JSON's numbers have no limit), NaN and infinities as strings, MAP as an
 * object, a struct without names as an array, JSON as it is.
 */
export function jsonText(value: unknown, type: ColumnType): string {
  if (value === null || value === undefined) return 'null';
  switch (type.kind) {
    case 'decimal':
      return String(value);
    case 'list':
    case 'array':
      return `[${(value as unknown[]).map((item) => jsonText(item, type.element)).join(',')}]`;
    case 'struct': {
      const object = value as Record<string, unknown>;
      if (isUnnamed(type))
        return `[${type.fields.map((field, i) => jsonText(object[i], field.type)).join(',')}]`;
      const fields = type.fields.map(
        ({ name, type: field }) => `${JSON.stringify(name)}:${jsonText(own(object, name), field)}`,
      );
      return `{${fields.join(',')}}`;
    }
    case 'map': {
      const entries = (value as { key: unknown; value: unknown }[]).map(
        (entry) => `${JSON.stringify(cellText(entry.key, type.key))}:${jsonText(entry.value, type.value)}`,
      );
      return `{${entries.join(',')}}`;
    }
    case 'union':
      return unionText(value, type, jsonText, (tag, text) => `{${JSON.stringify(tag)}:${text}}`);
    default:
      return scalarJson(value, type.kind === 'scalar' ? type.name : 'VARCHAR');
  }
}

function scalarJson(value: unknown, name: string): string {
  // A whole number has no -0.
  if (typeof value === 'number') return Object.is(value, -0) ? '-0.0' : numberText(value, name);
  if (name === 'INTERVAL' && typeof value === 'object')
    return JSON.stringify(intervalText(value as Interval));
  if (name === 'JSON') return String(value).replace(/[\r\n]+/g, ' ');
  if (typeof value === 'bigint' || wholeNumbers.test(name)) return String(value);
  return JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? String(inner) : inner));
}

/** Whether a struct is what `row(…)` makes, whose fields have numbers for names. */
function isUnnamed(type: ColumnType & { kind: 'struct' }): boolean {
  return type.fields.every(({ name }) => name === '');
}

/** A value in a table: text as it is, nested values close to how DuckDB shows them. */
export function cellText(value: unknown, type: ColumnType | undefined): string {
  if (value === null || value === undefined) return 'NULL';
  switch (type?.kind) {
    case 'list':
    case 'array':
      return `[${(value as unknown[]).map((item) => innerText(item, type.element)).join(', ')}]`;
    case 'struct': {
      const object = value as Record<string, unknown>;
      if (isUnnamed(type))
        return `(${type.fields.map((field, i) => innerText(object[i], field.type)).join(', ')})`;
      const fields = type.fields.map(
        ({ name, type: field }) => `'${name}': ${innerText(own(object, name), field)}`,
      );
      return `{${fields.join(', ')}}`;
    }
    case 'map': {
      const entries = (value as { key: unknown; value: unknown }[]).map(
        (entry) => `${innerText(entry.key, type.key)}=${innerText(entry.value, type.value)}`,
      );
      return `{${entries.join(', ')}}`;
    }
    case 'union':
      return unionText(value, type, cellText, (_, text) => text);
    default:
      return scalarText(value, type?.kind === 'scalar' ? type.name : undefined);
  }
}

function scalarText(value: unknown, name: string | undefined): string {
  if (typeof value === 'number') {
    const text = numberText(value, name ?? '');
    return /^(FLOAT|DOUBLE)$/.test(name ?? '') && /^-?\d+$/.test(text) ? `${text}.0` : text;
  }
  if (name === 'INTERVAL' && typeof value === 'object') return intervalText(value as Interval);
  if (typeof value !== 'object') return String(value);
  return JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? String(inner) : inner));
}

function innerText(value: unknown, type: ColumnType): string {
  const text = cellText(value, type);
  if (typeof value !== 'string' || isNumeric(type)) return text;
  return /^[\p{L}\p{N}_ .:+-]+$/u.test(text) && text !== 'NULL' ? text : `'${text.replaceAll("'", "''")}'`;
}

function unionText(
  value: unknown,
  type: ColumnType & { kind: 'union' },
  inner: (value: unknown, type: ColumnType) => string,
  wrap: (tag: string, text: string) => string,
): string {
  const { tag, value: content } = value as { tag: string; value: unknown };
  const member = type.members.find(({ name }) => name === tag)?.type ?? { kind: 'scalar', name: 'VARCHAR' };
  return wrap(tag, inner(content, member));
}

/** The shortest text that reads back as the same number; a FLOAT has 32 bits. */
function numberText(value: number, name: string): string {
  if (Object.is(value, -0)) return '-0';
  if (name !== 'FLOAT') return String(value);
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}

interface Interval {
  readonly months: number;
  readonly days: number;
  readonly micros: number | string;
}

function intervalText({ months, days, micros }: Interval): string {
  const total = BigInt(micros);
  const absolute = total < 0n ? -total : total;
  const pad = (part: bigint) => String(part).padStart(2, '0');
  const fraction = absolute % 1_000_000n;
  const seconds = absolute / 1_000_000n;
  const time = `${total < 0n ? '-' : ''}${pad(seconds / 3600n)}:${pad((seconds / 60n) % 60n)}:${pad(seconds % 60n)}`;
  const parts = [
    unit(Math.trunc(months / 12), 'year'),
    unit(months % 12, 'month'),
    unit(days, 'day'),
    total !== 0n && time + (fraction ? `.${String(fraction).padStart(6, '0')}` : ''),
  ].filter(Boolean);
  return parts.join(' ') || '00:00:00';
}

function unit(count: number, name: string): string {
  return count === 0 ? '' : `${count} ${name}${Math.abs(count) === 1 ? '' : 's'}`;
}
