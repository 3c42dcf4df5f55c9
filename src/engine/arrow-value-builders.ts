import duckdb, { type Vector } from '@duckdb/node-bindings';
import type { Data, DataType } from 'apache-arrow';
import { GrowableBytes } from './growable-bytes.js';

/** Gathers rows of DuckDB vectors into one Arrow column. */
export interface ArrowBuilder {
  append(vector: Vector, start: number, count: number): void;
  /** Bytes gathered so far. */
  sizeBytes(): number;
  /** The column of all rows since the last call. */
  take(): Data;
}

/** `makeData` for one type. */
export type MakeData = (props: object) => Data;

/** Rows, one byte each: 1 where there is a value. */
export class Validity {
  readonly #rows = new GrowableBytes();
  #nullCount = 0;

  get rowCount(): number {
    return this.#rows.length;
  }

  append(vector: Vector, start: number, count: number): Uint8Array {
    const rows = this.#rows.extend(count);
    const bits = duckdb.vector_get_validity(vector, Math.ceil((start + count) / 64) * 8) as Uint8Array | null;
    if (!bits) return rows.fill(1);
    for (let i = 0; i < count; i++) {
      const bit = start + i;
      if (bits[bit >> 3]! & (1 << (bit & 7))) rows[i] = 1;
      else this.#nullCount++;
    }
    return rows;
  }

  take(): { readonly length: number; readonly nullCount: number; readonly nullBitmap?: Uint8Array } {
    const rows = this.#rows.take();
    const nullCount = this.#nullCount;
    this.#nullCount = 0;
    return { length: rows.length, nullCount, ...(nullCount > 0 && { nullBitmap: packBits(rows) }) };
  }
}

function packBits(rows: Uint8Array): Uint8Array {
  const bits = new Uint8Array(Math.ceil(rows.length / 8));
  for (let i = 0; i < rows.length; i++) if (rows[i]) bits[i >> 3]! |= 1 << (i & 7);
  return bits;
}

/** The vector's bytes from one row to another; only valid until the vector changes. */
export function bytesOf(vector: Vector, width: number, start: number, count: number): Uint8Array {
  return duckdb.vector_get_data(vector, (start + count) * width).subarray(start * width);
}

export class FixedBuilder implements ArrowBuilder {
  readonly #validity = new Validity();
  readonly #values = new GrowableBytes();

  constructor(
    readonly make: MakeData,
    readonly width: number,
    readonly type: DataType,
  ) {}

  append(vector: Vector, start: number, count: number): void {
    const valid = this.#validity.append(vector, start, count);
    const values = this.#values.extend(count * this.width);
    values.set(bytesOf(vector, this.width, start, count));
    for (let i = 0; i < count; i++) if (!valid[i]) values.fill(0, i * this.width, (i + 1) * this.width);
  }

  sizeBytes(): number {
    return this.#values.length;
  }

  take(): Data {
    const values = this.#values.take();
    const ArrayType = this.type.ArrayType as {
      new (buffer: ArrayBuffer, offset: number, length: number): unknown;
      BYTES_PER_ELEMENT: number;
    };
    const length = values.length / ArrayType.BYTES_PER_ELEMENT;
    return this.make({ ...this.#validity.take(), data: new ArrayType(values.buffer, 0, length) });
  }
}

export class BooleanBuilder implements ArrowBuilder {
  readonly #validity = new Validity();
  readonly #values = new GrowableBytes();

  constructor(readonly make: MakeData) {}

  append(vector: Vector, start: number, count: number): void {
    const valid = this.#validity.append(vector, start, count);
    const values = this.#values.extend(count);
    const source = bytesOf(vector, 1, start, count);
    for (let i = 0; i < count; i++) values[i] = valid[i]! & source[i]!;
  }

  sizeBytes(): number {
    return this.#values.length;
  }

  take(): Data {
    return this.make({ data: packBits(this.#values.take()), ...this.#validity.take() });
  }
}

/** Decimals rest in 2, 4, 8 or 16 bytes, by their number of digits; Arrow's take 16. */
export class DecimalBuilder implements ArrowBuilder {
  readonly #validity = new Validity();
  readonly #values = new GrowableBytes();
  readonly #sourceWidth: number;

  constructor(
    readonly make: MakeData,
    digits: number,
  ) {
    this.#sourceWidth = digits <= 4 ? 2 : digits <= 9 ? 4 : digits <= 18 ? 8 : 16;
  }

  append(vector: Vector, start: number, count: number): void {
    const valid = this.#validity.append(vector, start, count);
    const width = this.#sourceWidth;
    const source = bytesOf(vector, width, start, count);
    const values = this.#values.extend(count * 16);
    for (let i = 0; i < count; i++) {
      if (!valid[i]) continue;
      values.set(source.subarray(i * width, (i + 1) * width), i * 16);
      if (source[(i + 1) * width - 1]! & 0x80) values.fill(0xff, i * 16 + width, (i + 1) * 16);
    }
  }

  sizeBytes(): number {
    return this.#values.length;
  }

  take(): Data {
    const values = this.#values.take();
    return this.make({
      ...this.#validity.take(),
      data: new Uint32Array(values.buffer, 0, values.length / 4),
    });
  }
}

/** Where the rows of texts and lists end. */
export class Offsets {
  readonly #ends = new GrowableBytes();
  total = 0;

  append(lengths: Int32Array): void {
    const ends = new Int32Array(lengths.length);
    lengths.forEach((length, i) => {
      this.total += length;
      ends[i] = this.total;
    });
    this.#ends.push(new Uint8Array(ends.buffer));
  }

  take(): Int32Array {
    const ends = this.#ends.take();
    const offsets = new Int32Array(ends.length / 4 + 1);
    offsets.set(new Int32Array(ends.buffer, 0, ends.length / 4), 1);
    this.total = 0;
    return offsets;
  }
}

/** Texts and bytes: DuckDB keeps up to 12 bytes in the slot itself, longer ones behind a pointer. */
export class BytesBuilder implements ArrowBuilder {
  readonly #validity = new Validity();
  readonly #offsets = new Offsets();
  readonly #values = new GrowableBytes();

  constructor(readonly make: MakeData) {}

  append(vector: Vector, start: number, count: number): void {
    const valid = this.#validity.append(vector, start, count);
    const slots = bytesOf(vector, 16, start, count);
    const view = new DataView(slots.buffer, slots.byteOffset, slots.byteLength);
    const lengths = new Int32Array(count);
    for (let i = 0; i < count; i++) {
      if (!valid[i]) continue;
      const length = view.getUint32(i * 16, true);
      lengths[i] = length;
      if (length === 0) continue;
      this.#values.push(
        length <= 12
          ? slots.subarray(i * 16 + 4, i * 16 + 4 + length)
          : duckdb.get_data_from_pointer(slots.buffer as ArrayBuffer, slots.byteOffset + i * 16 + 8, length),
      );
    }
    this.#offsets.append(lengths);
  }

  sizeBytes(): number {
    return this.#values.length;
  }

  take(): Data {
    return this.make({
      ...this.#validity.take(),
      valueOffsets: this.#offsets.take(),
      data: this.#values.take(),
    });
  }
}
