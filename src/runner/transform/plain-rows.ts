import type { RecordBatch } from 'apache-arrow';
import { emptyRecord } from '../../util/own.js';
import type { InputValue } from './input-value.js';
import { markedTexts } from './marked-texts.js';

/**
 * Makes a batch give plain values: Arrow's own rows are proxies, which are slow and lose their columns when they
 * are copied. Lists and structs become arrays and objects. `values` reads those of each column.
 */
export function withPlainRows(batch: RecordBatch, values: readonly (InputValue | undefined)[]): RecordBatch {
  const names = batch.schema.fields.map((field) => field.name);
  const marked = names.map((_, i) => markedTexts(batch.data.children[i]!));
  const columnAt = (i: number): Column => {
    const column = batch.getChildAt(i) as Column;
    const isMarked = marked[i];
    if (isMarked) return new ReadColumn(column, (text, row) => (isMarked(row) ? `\ufeff${text}` : text));
    const read = values[i];
    return read ? new ReadColumn(column, read) : column;
  };
  const columnsOf = () => names.map((_, i) => columnAt(i));
  const rowAt = (columns: readonly Column[], i: number) => {
    // Assigning to this one name would set the prototype of a plain object.
    const row: Record<string, unknown> = names.includes('__proto__') ? emptyRecord() : {};
    for (let c = 0; c < names.length; c++) row[names[c]!] = columns[c]!.get(i);
    return row;
  };
  return Object.assign(batch, {
    *[Symbol.iterator]() {
      const columns = columnsOf();
      for (let i = 0; i < batch.numRows; i++) yield rowAt(columns, i);
    },
    get: (i: number) => (i >= 0 && i < batch.numRows ? rowAt(columnsOf(), i) : null),
    getChild: (name: string) => (names.includes(name) ? columnAt(names.indexOf(name)) : null),
    toArray: () => [...batch],
  });
}

interface Column extends Iterable<unknown> {
  readonly length: number;
  get(index: number): unknown;
}

class ReadColumn implements Column {
  constructor(
    private readonly column: Column,
    private readonly read: (value: unknown, index: number) => unknown,
  ) {}

  get length(): number {
    return this.column.length;
  }

  get(index: number): unknown {
    return this.read(this.column.get(index), index);
  }

  toArray(): readonly unknown[] {
    return [...this];
  }

  *[Symbol.iterator](): Iterator<unknown> {
    let index = 0;
    for (const value of this.column) yield this.read(value, index++);
  }
}
