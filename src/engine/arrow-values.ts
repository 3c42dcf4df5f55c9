import duckdb, { type Vector } from '@duckdb/node-bindings';
import type { Data, Decimal, Float, Time, Timestamp } from 'apache-arrow';
import { countOf, isValid, type Rows, rowAt } from './arrow-rows.js';

/** Sets which rows of a vector hold a value. */
export function setValidity(vector: Vector, bits: Uint8Array): void {
  duckdb.vector_ensure_validity_writable(vector);
  duckdb.copy_data_to_vector_validity(
    vector,
    0,
    bits.buffer as ArrayBuffer,
    bits.byteOffset,
    bits.byteLength,
  );
}

/** Copies values in DuckDB's own layout. */
export function copyBytes(vector: Vector, bytes: ArrayBufferView): void {
  duckdb.copy_data_to_vector(vector, 0, bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength);
}

/** Values whose layout is the same on both sides. */
export function copyFixed(vector: Vector, data: Data, rows: Rows): void {
  const { values, stride } = data;
  const width = values.BYTES_PER_ELEMENT * stride;
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  if (!(rows instanceof Int32Array)) {
    copyBytes(vector, bytes.subarray(rows.start * width, (rows.start + rows.count) * width));
    return;
  }
  const picked = new Uint8Array(rows.length * width);
  rows.forEach((row, i) => {
    if (row >= 0) picked.set(bytes.subarray(row * width, (row + 1) * width), i * width);
  });
  copyBytes(vector, picked);
}

interface ConvertedArray {
  [index: number]: number | bigint;
}

/** 64-bit values that are converted one by one; those of NULL rows are not looked at. */
function writeConverted<T extends number | bigint>(
  vector: Vector,
  data: Data,
  rows: Rows,
  ArrayType: new (length: number) => ConvertedArray & ArrayBufferView,
  convert: (value: bigint) => T,
): void {
  const source = wideValues(data);
  const count = countOf(rows);
  const out = new ArrayType(count);
  for (let i = 0; i < count; i++) {
    const row = rowAt(rows, i);
    if (isValid(data, row)) out[i] = convert(source(row));
  }
  copyBytes(vector, out);
}

/** The lowest 64 bits of each value. */
function wideValues({ values, stride }: Data): (row: number) => bigint {
  if (values instanceof BigInt64Array) return (row) => values[row * stride]!;
  const width = values.BYTES_PER_ELEMENT * stride;
  const view = new DataView(values.buffer, values.byteOffset, values.byteLength);
  if (width === 4) return (row) => BigInt(view.getInt32(row * 4, true));
  return (row) => view.getBigInt64(row * width, true);
}

function floorDivide(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor;
  return value < 0n && quotient * divisor !== value ? quotient - 1n : quotient;
}

const microsPerUnit = [1_000_000n, 1_000n, 1n];
const maxInt64 = 2n ** 63n - 1n;

/** Times and timestamps in any unit, as microseconds, or as nanoseconds where the type has them. */
export function writeTemporals(vector: Vector, data: Data, rows: Rows): void {
  const { unit, timezone } = data.type as Timestamp & Time;
  const factor = microsPerUnit[unit];
  if (factor === 1n || (factor === undefined && !timezone)) {
    copyFixed(vector, data, rows);
    return;
  }
  writeConverted(vector, data, rows, BigInt64Array, (value) => {
    if (factor === undefined) {
      if (value % 1000n !== 0n)
        throw new RangeError(`${value} ns is finer than TIMESTAMP WITH TIME ZONE, which holds microseconds.`);
      return value / 1000n;
    }
    const micros = value * factor;
    if (micros > maxInt64 || micros < -maxInt64)
      throw new RangeError(`${value} is beyond the range of TIMESTAMP, which holds microseconds.`);
    return micros;
  });
}

/** DuckDB keeps decimals in 2, 4, 8 or 16 bytes, by their number of digits. */
export function writeDecimals(vector: Vector, data: Data, rows: Rows): void {
  const { precision } = data.type as Decimal;
  const width = data.values.BYTES_PER_ELEMENT * data.stride;
  const target = precision <= 4 ? 2 : precision <= 9 ? 4 : precision <= 18 ? 8 : 16;
  // The value fits its precision, so its lowest bytes are all of it.
  if (width === target) copyFixed(vector, data, rows);
  else if (target === 2) writeConverted(vector, data, rows, Int16Array, Number);
  else if (target === 4) writeConverted(vector, data, rows, Int32Array, Number);
  else if (target === 8) writeConverted(vector, data, rows, BigInt64Array, (value) => value);
  else writeLowBytes(vector, data, rows, width);
}

/** Decimals of 256 bits whose digits fit 128. */
function writeLowBytes(vector: Vector, data: Data, rows: Rows, width: number): void {
  const source = new Uint8Array(data.values.buffer, data.values.byteOffset, data.values.byteLength);
  const out = new Uint8Array(countOf(rows) * 16);
  for (let i = 0; i < countOf(rows); i++) {
    const row = rowAt(rows, i);
    if (isValid(data, row)) out.set(source.subarray(row * width, row * width + 16), i * 16);
  }
  copyBytes(vector, out);
}

export function writeFloats(vector: Vector, data: Data, rows: Rows): void {
  if ((data.type as Float).precision !== 0) {
    copyFixed(vector, data, rows);
    return;
  }
  const source = data.values as Uint16Array;
  const out = new Float32Array(countOf(rows));
  for (let i = 0; i < out.length; i++) {
    const row = rowAt(rows, i);
    if (row < 0) continue;
    const bits = source[row]!;
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    if (exponent === 31) out[i] = fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
    else out[i] = sign * (exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : fraction * 2 ** -24);
  }
  copyBytes(vector, out);
}

export function writeBooleans(vector: Vector, data: Data, rows: Rows): void {
  const bits = data.values as Uint8Array;
  const out = new Uint8Array(countOf(rows));
  for (let i = 0; i < out.length; i++) {
    const row = rowAt(rows, i);
    if (row < 0) continue;
    const bit = data.offset + row;
    out[i] = (bits[bit >> 3]! >> (bit & 7)) & 1;
  }
  copyBytes(vector, out);
}

/** Days since 1970; Arrow also has milliseconds. */
export function writeDates(vector: Vector, data: Data, rows: Rows): void {
  if (data.values.BYTES_PER_ELEMENT * data.stride === 4) copyFixed(vector, data, rows);
  else writeConverted(vector, data, rows, Int32Array, (ms) => Number(floorDivide(ms, 86_400_000n)));
}
