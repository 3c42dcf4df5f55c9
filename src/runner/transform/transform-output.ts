import type { RecordBatch } from 'apache-arrow';
import { duckdbTypeOf } from '../../schema/arrow-type.js';
import { shown } from './misfit.js';
import type { OutputColumn } from './output-column.js';
import { RowsToArrow } from './rows-to-arrow.js';
import { TransformOutputError } from './transform-output-error.js';

type Arrow = typeof import('apache-arrow');

/** Rows that are yielded one by one are put together to batches of this size. */
const rowsPerBatch = 10_000;

export interface OutputBatch {
  readonly batch: RecordBatch;
  /** Equal for batches of the same columns. */
  readonly key: string;
  /** Made of rows, with what is not exact in Arrow as text. */
  readonly isRows: boolean;
}

/** What a transform yields (rows, record batches, tables, and arrays of them) as record batches, in the same order. */
export async function* outputBatches(
  yielded: AsyncIterable<unknown>,
  columns: readonly OutputColumn[],
  arrow: Arrow,
): AsyncGenerator<OutputBatch> {
  const toArrow = new RowsToArrow(columns, arrow);
  let rows: Readonly<Record<string, unknown>>[] = [];
  let before = 0;
  const flush = function* (): Generator<OutputBatch> {
    if (rows.length === 0) return;
    const batch = toArrow.batch(rows, before);
    before += rows.length;
    rows = [];
    yield { batch, key: 'rows', isRows: true };
  };
  for await (const item of yielded) {
    for (const one of Array.isArray(item) ? item : [item]) {
      const batches = recordBatches(one);
      if (!batches) {
        const row = asRow(one);
        toArrow.check(row);
        rows.push(row);
        if (rows.length >= rowsPerBatch) yield* flush();
        continue;
      }
      yield* flush();
      for (const batch of batches) {
        if (batch.numRows > 0) yield { batch, key: batchKey(batch, columns), isRows: false };
        before += batch.numRows;
      }
    }
  }
  yield* flush();
}

/** The batches of a value of Arrow's; undefined for anything else. */
function recordBatches(value: unknown): readonly RecordBatch[] | undefined {
  if (typeof value !== 'object' || value === null || !('schema' in value)) return undefined;
  if ('batches' in value && Array.isArray(value.batches)) return value.batches as RecordBatch[];
  return 'numRows' in value && 'data' in value ? [value as RecordBatch] : undefined;
}

function asRow(value: unknown): Readonly<Record<string, unknown>> {
  if (isRow(value)) {
    // A row of an Arrow batch is a proxy, which has its columns only as JSON.
    const { toJSON } = value as { toJSON?: () => unknown };
    const row = typeof toJSON === 'function' ? toJSON.call(value) : value;
    if (isRow(row)) return row as Readonly<Record<string, unknown>>;
  }
  const what = Array.isArray(value) ? 'an array inside an array' : shown(value);
  throw new TransformOutputError(`It yielded ${what}, which is neither a row nor a record batch.`);
}

/** Whether it can be a row: many other objects would pass for one that lacks every column. */
function isRow(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return !ArrayBuffer.isView(value) && ![Map, Set, Date, Promise].some((kind) => value instanceof kind);
}

function batchKey({ schema }: RecordBatch, columns: readonly OutputColumn[]): string {
  const names = schema.fields.map((field) => field.name);
  const declared = columns.map(({ name }) => name);
  const missing = declared.filter((name) => !names.includes(name));
  const unknown = names.filter((name) => !declared.includes(name));
  if (missing.length + unknown.length > 0) {
    const what = missing.length > 0 ? `lacks ${missing.join(', ')}` : `has ${unknown.join(', ')}`;
    throw new TransformOutputError(`A record batch ${what}; the transform declares ${declared.join(', ')}.`);
  }
  const types = schema.fields.map((field) => {
    const type = duckdbTypeOf(field.type);
    if (type !== undefined) return type;
    throw new TransformOutputError(
      `Column "${field.name}" of a record batch is ${field.type}, which DuckDB has no type for.`,
    );
  });
  return JSON.stringify([names, types]);
}
