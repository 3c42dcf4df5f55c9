import { type ColumnType, printType } from '../../schema/column-type.js';
import { parseType } from '../../schema/parse-type.js';

const signed = ['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'DECIMAL(38,0)'];
const unsigned = ['UTINYINT', 'USMALLINT', 'UINTEGER', 'UBIGINT'];

/** The narrowest type that holds all values of both types exactly, or undefined when there is none. */
export function unifyTypes(a: string, b: string): string | undefined {
  if (a === b) return a;
  const unified = unify(parseType(a), parseType(b));
  return unified && printType(unified);
}

function unify(a: ColumnType, b: ColumnType): ColumnType | undefined {
  const [textA, textB] = [printType(a), printType(b)];
  if (textA === textB) return a;
  const whole = unifyIntegers(textA, textB);
  if (whole !== undefined) return parseType(whole);
  const fraction = (text: string) => text === 'FLOAT' || text === 'DOUBLE';
  const fitsDouble = (text: string) => fraction(text) || (integerBits(text) ?? 99) <= 32;
  if ((fraction(textA) || fraction(textB)) && fitsDouble(textA) && fitsDouble(textB))
    return { kind: 'scalar', name: 'DOUBLE' };
  const [decimalA, decimalB] = [asDecimal(a, textA), asDecimal(b, textB)];
  if (decimalA && decimalB) {
    const scale = Math.max(decimalA.scale, decimalB.scale);
    const width = scale + Math.max(decimalA.width - decimalA.scale, decimalB.width - decimalB.scale);
    return width <= 38 ? { kind: 'decimal', width, scale } : undefined;
  }
  if (a.kind === 'list' && b.kind === 'list') {
    const element = unify(a.element, b.element);
    return element && { kind: 'list', element };
  }
  return undefined;
}

function unifyIntegers(a: string, b: string): string | undefined {
  if (integerBits(a) === undefined || integerBits(b) === undefined) return undefined;
  if (unsigned.includes(a) && unsigned.includes(b))
    return unsigned[Math.max(unsigned.indexOf(a), unsigned.indexOf(b))];
  const rank = (text: string) =>
    unsigned.includes(text) ? unsigned.indexOf(text) + 1 : signed.indexOf(text);
  return signed[Math.max(rank(a), rank(b))];
}

function integerBits(text: string): number | undefined {
  const at = unsigned.includes(text) ? unsigned.indexOf(text) : signed.slice(0, 4).indexOf(text);
  return at < 0 ? undefined : 8 << at;
}

function asDecimal(type: ColumnType, text: string): { width: number; scale: number } | undefined {
  if (type.kind === 'decimal') return type;
  const bits = integerBits(text);
  return bits === undefined ? undefined : { width: Math.ceil((bits * 3) / 10) + 1, scale: 0 };
}
