import { isUtf8 } from 'node:buffer';
import duckdb, { type Vector } from '@duckdb/node-bindings';
import type { Data, FixedSizeBinary } from 'apache-arrow';
import { arrowTypeId } from '../schema/arrow-type.js';
import { countOf, isValid, type Rows, rowAt } from './arrow-rows.js';
import { copyBytes } from './arrow-values.js';

/** DuckDB keeps up to 12 bytes inside the 16 bytes of a string, so short ones are one copy for all rows. */
const inlineBytes = 12;

/** Writes texts and bytes. Throws a `RangeError` for a text that is not UTF-8. */
export function writeBytes(vector: Vector, data: Data, rows: Rows): void {
  const isText = ([arrowTypeId.utf8, arrowTypeId.largeUtf8, arrowTypeId.utf8View] as number[]).includes(
    data.type.typeId,
  );
  const bytesAt = bytesReader(data);
  const count = countOf(rows);
  const slots = new Uint8Array(count * 16);
  const lengths = new Int32Array(slots.buffer);
  const long: number[] = [];
  for (let i = 0; i < count; i++) {
    const row = rowAt(rows, i);
    if (!isValid(data, row)) continue;
    const bytes = bytesAt(row);
    if (isText && !isUtf8(bytes))
      throw new RangeError(`A text of the Arrow data is not valid UTF-8 (row ${row + 1} of its batch).`);
    if (bytes.length > inlineBytes) long.push(i);
    else {
      lengths[i * 4] = bytes.length;
      slots.set(bytes, i * 16 + 4);
    }
  }
  copyBytes(vector, slots);
  for (const i of long) duckdb.vector_assign_string_element_len(vector, i, bytesAt(rowAt(rows, i)));
}

function bytesReader(data: Data): (row: number) => Uint8Array {
  const values = data.values as Uint8Array;
  const typeId: number = data.type.typeId;
  if (typeId === arrowTypeId.fixedSizeBinary) {
    const { byteWidth } = data.type as FixedSizeBinary;
    return (row) => values.subarray(row * byteWidth, (row + 1) * byteWidth);
  }
  if (typeId === arrowTypeId.utf8View || typeId === arrowTypeId.binaryView) {
    const view = new DataView(values.buffer, values.byteOffset, values.byteLength);
    return (row) => {
      const at = row * 16;
      const length = view.getInt32(at, true);
      if (length <= inlineBytes) return values.subarray(at + 4, at + 4 + length);
      const offset = view.getInt32(at + 12, true);
      return data.variadicBuffers[view.getInt32(at + 8, true)]!.subarray(offset, offset + length);
    };
  }
  const offsets = data.valueOffsets as unknown as Int32Array | BigInt64Array;
  return (row) => values.subarray(Number(offsets[row]!), Number(offsets[row + 1]!));
}
