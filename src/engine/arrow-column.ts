import duckdb, { type Vector } from '@duckdb/node-bindings';
import type { Data, DataType } from 'apache-arrow';
import { arrowTypeId } from '../schema/arrow-type.js';
import { writeBytes } from './arrow-bytes.js';
import { countOf, isValid, type Rows, rowAt, validityOf } from './arrow-rows.js';
import {
  copyBytes,
  copyFixed,
  setValidity,
  writeBooleans,
  writeDates,
  writeDecimals,
  writeFloats,
  writeTemporals,
} from './arrow-values.js';

type Write = (vector: Vector, data: Data, rows: Rows) => void;

/** Types that do not simply have the same layout on both sides. */
const nested: Readonly<Record<number, Write>> = {
  [arrowTypeId.null]: (vector, _data, rows) =>
    setValidity(vector, new Uint8Array(Math.ceil(countOf(rows) / 64) * 8)),
  [arrowTypeId.dictionary]: (vector, data, rows) =>
    writeColumn(vector, dictionaryOf(data), dictionaryRows(data, rows)),
  [arrowTypeId.struct]: writeStruct,
  [arrowTypeId.list]: writeList,
  [arrowTypeId.largeList]: writeList,
  [arrowTypeId.map]: writeList,
  [arrowTypeId.fixedSizeList]: writeList,
};

const scalar: Readonly<Record<number, Write>> = {
  [arrowTypeId.bool]: writeBooleans,
  [arrowTypeId.utf8]: writeBytes,
  [arrowTypeId.largeUtf8]: writeBytes,
  [arrowTypeId.utf8View]: writeBytes,
  [arrowTypeId.binary]: writeBytes,
  [arrowTypeId.largeBinary]: writeBytes,
  [arrowTypeId.binaryView]: writeBytes,
  [arrowTypeId.fixedSizeBinary]: writeBytes,
  [arrowTypeId.decimal]: writeDecimals,
  [arrowTypeId.float]: writeFloats,
  [arrowTypeId.date]: writeDates,
  [arrowTypeId.time]: writeTemporals,
  [arrowTypeId.timestamp]: writeTemporals,
};

/** Writes rows of an Arrow column into a DuckDB vector whose type is `duckdbTypeOf` the column's. */
export function writeColumn(vector: Vector, data: Data, rows: Rows): void {
  const typeId: number = data.type.typeId;
  const writeNested = nested[typeId];
  if (writeNested) {
    writeNested(vector, data, rows);
    return;
  }
  const validity = validityOf(data, rows);
  if (validity) setValidity(vector, validity);
  (scalar[typeId] ?? copyFixed)(vector, data, rows);
}

/** In DuckDB the fields of a NULL struct are NULL too. */
function writeStruct(vector: Vector, data: Data, rows: Rows): void {
  const validity = validityOf(data, rows);
  let childRows = rows;
  if (validity) {
    setValidity(vector, validity);
    childRows = Int32Array.from({ length: countOf(rows) }, (_, i) => {
      const row = rowAt(rows, i);
      return isValid(data, row) ? row : -1;
    });
  }
  data.children.forEach((child, i) => {
    writeColumn(duckdb.struct_vector_get_child(vector, i), child, childRows);
  });
}

function writeList(vector: Vector, data: Data, rows: Rows): void {
  const validity = validityOf(data, rows);
  if (validity) setValidity(vector, validity);
  const rangeOf = listRanges(data);
  const count = countOf(rows);
  const entries = new BigUint64Array(count * 2);
  const picked: number[] = [];
  let total = 0;
  // Without picking, the elements of consecutive rows follow each other.
  const whole = !(rows instanceof Int32Array) && !validity;
  const first = whole && count > 0 ? rangeOf(rows.start)[0] : 0;
  for (let i = 0; i < count; i++) {
    const row = rowAt(rows, i);
    entries[i * 2] = BigInt(total);
    if (!isValid(data, row)) continue;
    const [start, end] = rangeOf(row);
    entries[i * 2 + 1] = BigInt(end - start);
    total += end - start;
    if (!whole) for (let element = start; element < end; element++) picked.push(element);
  }
  copyBytes(vector, entries);
  duckdb.list_vector_reserve(vector, total);
  duckdb.list_vector_set_size(vector, total);
  if (total === 0) return;
  const elements = whole ? { start: first, count: total } : Int32Array.from(picked);
  writeColumn(duckdb.list_vector_get_child(vector), data.children[0]!, elements);
}

function listRanges(data: Data): (row: number) => readonly [start: number, end: number] {
  if ((data.type.typeId as number) === arrowTypeId.fixedSizeList) {
    const { listSize } = data.type as DataType & { readonly listSize: number };
    return (row) => [row * listSize, (row + 1) * listSize];
  }
  const offsets = data.valueOffsets as unknown as Int32Array | BigInt64Array;
  return (row) => [Number(offsets[row]!), Number(offsets[row + 1]!)];
}

function dictionaryOf(data: Data): Data {
  const chunks = data.dictionary!.data;
  if (chunks.length === 1) return chunks[0]!;
  throw new RangeError(
    'A dictionary that grows between batches cannot be read; write it as one dictionary or as text.',
  );
}

function dictionaryRows(data: Data, rows: Rows): Int32Array {
  const keys = data.values as Int32Array | BigInt64Array;
  return Int32Array.from({ length: countOf(rows) }, (_, i) => {
    const row = rowAt(rows, i);
    return isValid(data, row) ? Number(keys[row]!) : -1;
  });
}
