import duckdb, { type Vector } from '@duckdb/node-bindings';
import type { Data } from 'apache-arrow';
import type { ColumnType } from '../schema/column-type.js';
import { arrowTypeOf, scalarWidths } from './arrow-export-type.js';
import {
  type ArrowBuilder,
  BooleanBuilder,
  BytesBuilder,
  bytesOf,
  DecimalBuilder,
  FixedBuilder,
  type MakeData,
  Offsets,
  Validity,
} from './arrow-value-builders.js';

type Arrow = typeof import('apache-arrow');

/** A builder for a type that `exportedType` gave. */
export function arrowBuilder(type: ColumnType, arrow: Arrow): ArrowBuilder {
  const arrowType = arrowTypeOf(type, arrow);
  const make = (props: object) => arrow.makeData({ type: arrowType, ...props } as never) as Data;
  switch (type.kind) {
    case 'decimal':
      return new DecimalBuilder(make, type.width);
    case 'list':
      return new ListBuilder(make, arrowBuilder(type.element, arrow));
    case 'map':
      return new ListBuilder(make, arrowBuilder(mapEntry(type), arrow));
    case 'struct':
      return new StructBuilder(
        make,
        type.fields.map((field) => arrowBuilder(field.type, arrow)),
      );
    case 'scalar': {
      const width = scalarWidths[type.name];
      if (type.name === 'BOOLEAN') return new BooleanBuilder(make);
      if (width === 0) return new BytesBuilder(make);
      if (width !== undefined) return new FixedBuilder(make, width, arrowType);
    }
  }
  throw new TypeError(`${type.kind} types are exported as text.`);
}

function mapEntry({ key, value }: { readonly key: ColumnType; readonly value: ColumnType }): ColumnType {
  return {
    kind: 'struct',
    fields: [
      { name: 'key', type: key },
      { name: 'value', type: value },
    ],
  };
}

class StructBuilder implements ArrowBuilder {
  readonly #validity = new Validity();

  constructor(
    readonly make: MakeData,
    readonly children: readonly ArrowBuilder[],
  ) {}

  append(vector: Vector, start: number, count: number): void {
    this.#validity.append(vector, start, count);
    this.children.forEach((child, i) => {
      child.append(duckdb.struct_vector_get_child(vector, i), start, count);
    });
  }

  sizeBytes(): number {
    return this.children.reduce((total, child) => total + child.sizeBytes(), 0);
  }

  take(): Data {
    return this.make({ ...this.#validity.take(), children: this.children.map((child) => child.take()) });
  }
}

class ListBuilder implements ArrowBuilder {
  readonly #validity = new Validity();
  readonly #offsets = new Offsets();

  constructor(
    readonly make: MakeData,
    readonly element: ArrowBuilder,
  ) {}

  append(vector: Vector, start: number, count: number): void {
    const valid = this.#validity.append(vector, start, count);
    const slots = bytesOf(vector, 16, start, count);
    const view = new DataView(slots.buffer, slots.byteOffset, slots.byteLength);
    const child = duckdb.list_vector_get_child(vector);
    const lengths = new Int32Array(count);
    // Elements of rows that follow each other are taken in one go.
    let runStart = 0;
    let runEnd = 0;
    const flush = () => runEnd > runStart && this.element.append(child, runStart, runEnd - runStart);
    for (let i = 0; i < count; i++) {
      if (!valid[i]) continue;
      const first = Number(view.getBigUint64(i * 16, true));
      const length = Number(view.getBigUint64(i * 16 + 8, true));
      lengths[i] = length;
      if (length === 0) continue;
      if (first !== runEnd) {
        flush();
        runStart = first;
      }
      runEnd = first + length;
    }
    flush();
    this.#offsets.append(lengths);
  }

  sizeBytes(): number {
    return this.element.sizeBytes();
  }

  take(): Data {
    return this.make({
      ...this.#validity.take(),
      valueOffsets: this.#offsets.take(),
      child: this.element.take(),
    });
  }
}
