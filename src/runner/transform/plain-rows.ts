import type { RecordBatch } from 'apache-arrow';

/**
 * Makes iterating over a batch give plain objects: Arrow's own rows are proxies, which are slow and lose their
 * columns when they are copied. Lists and structs become arrays and objects.
 */
export function withPlainRows(batch: RecordBatch): RecordBatch {
  const names = batch.schema.fields.map((field) => field.name);
  const rowAt = (columns: readonly Column[], i: number) => {
    const row: Record<string, unknown> = {};
    for (let c = 0; c < names.length; c++) row[names[c]!] = plain(columns[c]!.get(i));
    return row;
  };
  const columnsOf = () => names.map((_, i) => batch.getChildAt(i) as Column);
  return Object.assign(batch, {
    *[Symbol.iterator]() {
      const columns = columnsOf();
      for (let i = 0; i < batch.numRows; i++) yield rowAt(columns, i);
    },
    get: (i: number) => (i >= 0 && i < batch.numRows ? rowAt(columnsOf(), i) : null),
    toArray: () => [...batch],
  });
}

interface Column {
  get(index: number): unknown;
}

function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  // Arrow's rows are proxies that have no keys but their columns' names, and yet their class's methods.
  const { toArray, toJSON } = value as { toArray?: unknown; toJSON?: () => Record<string, unknown> };
  if (typeof toArray === 'function' && Symbol.iterator in value) {
    return Array.from(value as Iterable<unknown>, plain);
  }
  if (typeof toJSON !== 'function') return value;
  const fields = Object.entries(toJSON.call(value));
  return Object.fromEntries(fields.map(([name, field]) => [name, plain(field)]));
}
