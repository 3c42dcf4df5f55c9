import { fstatSync, readSync } from 'node:fs';

/** What a Parquet file ends with: Thrift's compact form of its metadata. */
export interface ParquetFooter {
  readonly metadata: Uint8Array;
  /** The stretch of bytes that it points into, `end` exclusive; undefined for a file without rows. */
  readonly data: { readonly start: number; readonly end: number } | undefined;
  /** Where the footer itself begins. */
  readonly start: number;
}

const magic = Buffer.from('PAR1');
const tailBytes = 8;

/** Undefined for what is no Parquet file, or one with parts that this does not know how to move. */
export function readFooter(file: number): ParquetFooter | undefined {
  const { size } = fstatSync(file);
  if (size < tailBytes + magic.length) return undefined;
  const tail = bytesAt(file, size - tailBytes, tailBytes);
  const start = size - tailBytes - tail.readUInt32LE(0);
  if (!tail.subarray(4).equals(magic) || start < magic.length) return undefined;
  const metadata = bytesAt(file, start, size - tailBytes - start);
  try {
    const data = new FooterWalk(metadata).extent();
    const isInside = !data || (data.start >= magic.length && data.end <= start);
    return isInside ? { metadata, data, start } : undefined;
  } catch (thrown) {
    if (thrown instanceof RangeError) return undefined;
    throw thrown;
  }
}

/** The end of a Parquet file whose data stands `shift` bytes further behind than the footer says. */
export function fileEnd({ metadata }: ParquetFooter, shift = 0): Uint8Array {
  const moved = shift === 0 ? metadata : new FooterWalk(metadata, shift).moved();
  const length = Buffer.alloc(4);
  length.writeUInt32LE(moved.length);
  return Buffer.concat([moved, length, magic]);
}

function bytesAt(file: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(file, bytes, 0, length, position));
}

type StructName = 'FileMetaData' | 'RowGroup' | 'ColumnChunk' | 'ColumnMetaData';

/** The structs of parquet.thrift that lead to places in the file, by the field that holds them. */
const inner: Readonly<Record<StructName, Readonly<Record<number, StructName>>>> = {
  FileMetaData: { 4: 'RowGroup' },
  RowGroup: { 1: 'ColumnChunk' },
  ColumnChunk: { 3: 'ColumnMetaData' },
  ColumnMetaData: {},
};
/** The fields that are places. */
const places: Readonly<Record<StructName, readonly number[]>> = {
  FileMetaData: [],
  RowGroup: [5],
  ColumnChunk: [2],
  ColumnMetaData: [9, 10, 11, 14],
};
const pageIndexFields = [4, 6];
const field = { compressedBytes: 7, dataPage: 9, dictionaryPage: 11, bloomFilter: 14, bloomFilterBytes: 15 };
const type = { byte: 3, i16: 4, i32: 5, i64: 6, double: 7, binary: 8, list: 9, set: 10, map: 11, struct: 12 };

/**
 * Goes through a footer once. All but the places is copied as it is, so that nothing is lost that this does not know.
 * Throws `RangeError` for bytes that make no sense.
 * https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
 */
class FooterWalk {
  #at = 0;
  #copied = 0;
  readonly #parts: Uint8Array[] = [];
  #start = Number.POSITIVE_INFINITY;
  #end = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly shift = 0,
  ) {}

  extent(): ParquetFooter['data'] {
    this.#struct('FileMetaData');
    return this.#end > 0 ? { start: this.#start, end: this.#end } : undefined;
  }

  moved(): Uint8Array {
    this.#struct('FileMetaData');
    return Buffer.concat([...this.#parts, this.bytes.subarray(this.#copied)]);
  }

  #struct(name: StructName | undefined): void {
    const numbers = new Map<number, number>();
    for (let id = 0; ; ) {
      const header = this.#byte();
      if (header === 0) break;
      id = header >> 4 ? id + (header >> 4) : this.#integer();
      const kind = header & 15;
      if (kind === type.i16 || kind === type.i32 || kind === type.i64) {
        const from = this.#at;
        const value = this.#integer();
        numbers.set(id, value);
        if (name && value > 0 && places[name].includes(id)) this.#replace(from, value + this.shift);
      } else if (kind > 2) this.#value(kind, name && inner[name][id]);
    }
    if (name === 'ColumnMetaData') this.#extend(numbers);
    if (name === 'ColumnChunk' && pageIndexFields.some((id) => numbers.has(id)))
      throw new RangeError('Pages are indexed by their places.');
  }

  #extend(numbers: ReadonlyMap<number, number>): void {
    const pages = [field.dataPage, field.dictionaryPage].flatMap((id) => numbers.get(id) || []);
    this.#include(Math.min(...pages), numbers.get(field.compressedBytes));
    const filter = numbers.get(field.bloomFilter);
    if (filter) this.#include(filter, numbers.get(field.bloomFilterBytes));
  }

  #include(start: number, length: number | undefined): void {
    if (length === undefined || !Number.isSafeInteger(start)) throw new RangeError('A place is missing.');
    this.#start = Math.min(this.#start, start);
    this.#end = Math.max(this.#end, start + length);
  }

  #value(kind: number, name: StructName | undefined): void {
    if (kind === type.struct) this.#struct(name);
    else if (kind === type.list || kind === type.set) this.#list(name);
    else if (kind === type.map) this.#map();
    else if (kind === type.binary) this.#skip(this.#unsigned());
    else if (kind === type.double) this.#skip(8);
    else if (kind <= type.byte) this.#skip(1);
    else if (kind <= type.i64) this.#integer();
    else throw new RangeError(`Thrift has no type ${kind}.`);
  }

  #list(name: StructName | undefined): void {
    const header = this.#byte();
    const size = this.#checked(header >> 4 === 15 ? this.#unsigned() : header >> 4);
    for (let i = 0; i < size; i++) this.#value(header & 15, name);
  }

  #map(): void {
    const size = this.#checked(this.#unsigned());
    const kinds = size > 0 ? this.#byte() : 0;
    for (let i = 0; i < size; i++) {
      this.#value(kinds >> 4, undefined);
      this.#value(kinds & 15, undefined);
    }
  }

  #checked(size: number): number {
    if (size > this.bytes.length) throw new RangeError('The footer ends early.');
    return size;
  }

  #replace(from: number, value: number): void {
    this.#parts.push(this.bytes.subarray(this.#copied, from), varint(value * 2));
    this.#copied = this.#at;
  }

  #skip(count: number): void {
    this.#at += count;
  }

  #integer(): number {
    const zigzag = this.#unsigned();
    return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
  }

  #unsigned(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  #byte(): number {
    const byte = this.bytes[this.#at++];
    if (byte === undefined) throw new RangeError('The footer ends early.');
    return byte;
  }
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return Uint8Array.from([...bytes, left]);
    bytes.push((left % 128) + 128);
  }
}
