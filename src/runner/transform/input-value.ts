import type { ColumnType } from '../../schema/column-type.js';
import { entriesType } from './map-entries.js';

/** Makes the value that generated types promise out of one of an Arrow column. */
export type InputValue = (value: unknown) => unknown;

/** How values of a DuckDB type are read; undefined where Arrow's own are right. */
export function inputValue(type: ColumnType): InputValue | undefined {
  return readerOf(entriesType(type));
}

/** They come as text, because Arrow has no integers of that size. */
const wideIntegers = /^(U?HUGEINT|BIGNUM)$/;

function readerOf(type: ColumnType): InputValue | undefined {
  switch (type.kind) {
    case 'scalar':
      if (type.name === 'INTERVAL') return orNull((text) => intervalOf(text as string));
      return wideIntegers.test(type.name) ? orNull((text) => BigInt(text as string)) : undefined;
    case 'list':
    case 'array': {
      const element = readerOf(type.element) ?? same;
      return orNull((list) => Array.from(list as Iterable<unknown>, element));
    }
    case 'struct': {
      const fields = new Map(type.fields.map((field) => [field.name, readerOf(field.type)]));
      return orNull((row) =>
        Object.fromEntries(entriesOf(row).map(([name, value]) => [name, (fields.get(name) ?? same)(value)])),
      );
    }
    default:
      return undefined;
  }
}

const same: InputValue = (value) => value;

function orNull(read: InputValue): InputValue {
  return (value) => (value === null || value === undefined ? null : read(value));
}

/** Arrow's rows are proxies that have no keys but their columns' names, and yet their class's methods. */
function entriesOf(row: unknown): readonly (readonly [string, unknown])[] {
  const { toJSON } = row as { toJSON(): Record<string, unknown> };
  return Object.entries(toJSON.call(row));
}

/** `1 year 2 months -3 days -04:05:06.5`, as DuckDB writes intervals. */
function intervalOf(text: string): { months: number; days: number; micros: string } {
  const count = (unit: string) => Number(new RegExp(`(-?\\d+) ${unit}`).exec(text)?.[1] ?? 0);
  const time = /(-?)(\d+):(\d\d):(\d\d)(?:\.(\d+))?$/.exec(text);
  const [, sign = '', hours = 0, minutes = 0, seconds = 0, fraction = ''] = time ?? [];
  const wholeSeconds = (BigInt(hours) * 60n + BigInt(minutes)) * 60n + BigInt(seconds);
  const micros = wholeSeconds * 1_000_000n + BigInt(fraction.padEnd(6, '0'));
  return {
    months: count('year') * 12 + count('month'),
    days: count('day'),
    micros: String(sign === '-' ? -micros : micros),
  };
}
