import type { Data } from 'apache-arrow';

/** Rows of an Arrow column that go into a vector: a stretch of it, or picked ones, -1 for NULL. */
export type Rows = { readonly start: number; readonly count: number } | Int32Array;

export function countOf(rows: Rows): number {
  return rows instanceof Int32Array ? rows.length : rows.count;
}

export function rowAt(rows: Rows, i: number): number {
  return rows instanceof Int32Array ? rows[i]! : rows.start + i;
}

/** True when the row is picked and holds a value. */
export function isValid(data: Data, row: number): boolean {
  if (row < 0) return false;
  const bitmap = data.nullBitmap as Uint8Array | undefined;
  if (!bitmap || bitmap.length === 0 || data.nullCount === 0) return true;
  const bit = data.offset + row;
  return (bitmap[bit >> 3]! & (1 << (bit & 7))) !== 0;
}

/** The rows' validity as DuckDB has it, in whole 64-bit words; undefined when all are valid. */
export function validityOf(data: Data, rows: Rows): Uint8Array | undefined {
  const count = countOf(rows);
  const picked = rows instanceof Int32Array;
  if (!picked && (data.nullCount === 0 || !data.nullBitmap?.length)) return undefined;
  const bits = new Uint8Array(Math.ceil(count / 64) * 8);
  const first = data.offset + (picked ? 0 : rows.start);
  if (!picked && (first & 7) === 0) {
    bits.set(data.nullBitmap.subarray(first >> 3, (first >> 3) + Math.ceil(count / 8)));
    return bits;
  }
  for (let i = 0; i < count; i++) if (isValid(data, rowAt(rows, i))) bits[i >> 3]! |= 1 << (i & 7);
  return bits;
}
