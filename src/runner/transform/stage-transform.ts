import type { RecordBatch } from 'apache-arrow';
import type { ExpandedTransform } from '../../ir/expanded-model.js';
import type { EngineConnection } from '../../ports/engine.js';
import type { Transform } from '../../ports/transform.js';
import { duckdbTypeOf } from '../../schema/arrow-type.js';
import { quoteIdentifier } from '../../util/sql-quote.js';
import { withPlainRows } from './plain-rows.js';
import { isStagedAsJson, RowsToArrow } from './rows-to-arrow.js';
import { transformed } from './run-pieces.js';
import { inputSql } from './transform-input.js';
import { TransformOutputError } from './transform-output-error.js';

type Arrow = typeof import('apache-arrow');

export interface TransformTask {
  readonly transform: Transform;
  readonly columns: ExpandedTransform['columns'];
  /** The query of the input. */
  readonly input: string;
  /** Streams the input. */
  readonly reader: EngineConnection;
  /** Holds the result, in temporary tables. */
  readonly writer: EngineConnection;
  readonly signal: AbortSignal;
}

/** The rows of a transform, in temporary tables of one connection. */
export interface StagedTransform {
  readonly sql: string;
  drop(): Promise<void>;
}

/** Rows that are yielded one by one are put together to batches of this size. */
const rowsPerBatch = 10_000;

/** Runs a transform over its input. Rows are stored as they are yielded; what stands in memory is a few batches. */
export async function stageTransform(task: TransformTask): Promise<StagedTransform> {
  const { transform, columns, reader, writer, signal } = task;
  const arrow = await import('apache-arrow');
  const described = await reader.rows(`describe ${task.input}`);
  const inputColumns = described.map((row) => ({
    name: String(row.column_name),
    type: String(row.column_type),
  }));
  const stream = await reader.arrowStream(inputSql(task.input, inputColumns));
  const batches = sliced(await arrow.RecordBatchReader.from(stream), transform.batchSize, signal);
  const output = new Output(columns, arrow);
  const tables: string[] = [];
  const selects: string[] = [];
  const iterator = output.batches(transformed(transform, batches, signal))[Symbol.asyncIterator]();
  const drop = async () => {
    for (const table of tables) await writer.run(`drop table if exists ${quoteIdentifier(table)}`);
  };
  try {
    // Batches of one schema go to one table; another schema begins another one.
    for (let next = await iterator.next(); !next.done; ) {
      const first = next.value;
      const table = `transform output ${tables.length}`;
      const types = first.batch.schema.fields.map((field) => duckdbTypeOf(field.type) ?? 'VARCHAR');
      const list = first.batch.schema.fields.map((field, i) => `${quoteIdentifier(field.name)} ${types[i]}`);
      await writer.run(`create or replace temp table ${quoteIdentifier(table)} (${list.join(', ')})`);
      tables.push(table);
      selects.push(`select ${castList(columns, first.isRows)} from ${quoteIdentifier(table)}`);
      let following: IteratorResult<OutputBatch> = next;
      const same = async function* (): AsyncGenerator<RecordBatch> {
        while (!following.done && following.value.key === first.key) {
          yield following.value.batch;
          following = await iterator.next();
        }
      };
      await writer.appendArrow(table, same());
      next = following;
    }
  } catch (thrown) {
    await iterator.return?.(undefined);
    await drop();
    throw thrown;
  }
  if (selects.length === 0) selects.push(`select ${nullList(columns)} limit 0`);
  return { sql: selects.join('\nunion all\n'), drop };
}

interface OutputBatch {
  readonly batch: RecordBatch;
  /** Equal for batches of the same columns. */
  readonly key: string;
  /** Made of rows, with what is not exact in Arrow as text. */
  readonly isRows: boolean;
}

/** Turns what a transform yields into record batches. */
class Output {
  readonly #rows: RowsToArrow;

  constructor(
    private readonly columns: ExpandedTransform['columns'],
    arrow: Arrow,
  ) {
    this.#rows = new RowsToArrow(columns, arrow);
  }

  async *batches(yielded: AsyncIterable<unknown>): AsyncGenerator<OutputBatch> {
    let rows: Readonly<Record<string, unknown>>[] = [];
    const flush = (): OutputBatch => {
      const batch = this.#rows.batch(rows);
      rows = [];
      return { batch, key: 'rows', isRows: true };
    };
    for await (const item of yielded) {
      if (isBatch(item)) {
        if (rows.length > 0) yield flush();
        if (item.numRows > 0) yield { batch: item, key: this.#keyOf(item), isRows: false };
        continue;
      }
      for (const row of Array.isArray(item) ? item : [item]) {
        rows.push(asRow(row));
        if (rows.length >= rowsPerBatch) yield flush();
      }
    }
    if (rows.length > 0) yield flush();
  }

  #keyOf({ schema }: RecordBatch): string {
    const names = schema.fields.map((field) => field.name);
    const declared = Object.keys(this.columns);
    const missing = declared.filter((name) => !names.includes(name));
    const unknown = names.filter((name) => !declared.includes(name));
    if (missing.length + unknown.length > 0) {
      const what = missing.length > 0 ? `lacks ${missing.join(', ')}` : `has ${unknown.join(', ')}`;
      throw new TransformOutputError(
        `A record batch ${what}; the transform declares ${declared.join(', ')}.`,
      );
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
}

function isBatch(value: unknown): value is RecordBatch {
  return (
    typeof value === 'object' && value !== null && 'numRows' in value && 'schema' in value && 'data' in value
  );
}

function asRow(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    // A row of an Arrow batch is a proxy, which has its columns only as JSON.
    const { toJSON } = value as { toJSON?: () => Readonly<Record<string, unknown>> };
    return typeof toJSON === 'function' ? toJSON.call(value) : (value as Record<string, unknown>);
  }
  const what = value === null ? 'null' : Array.isArray(value) ? 'an array inside an array' : typeof value;
  throw new TransformOutputError(`It yielded ${what}, which is neither a row nor a record batch.`);
}

function castList(columns: ExpandedTransform['columns'], isRows: boolean): string {
  return Object.entries(columns)
    .map(([name, type]) => {
      const column = quoteIdentifier(name);
      const value = isRows && isStagedAsJson(type) ? `cast(${column} as json)` : column;
      return `cast(${value} as ${type}) as ${column}`;
    })
    .join(', ');
}

function nullList(columns: ExpandedTransform['columns']): string {
  return Object.entries(columns)
    .map(([name, type]) => `cast(null as ${type}) as ${quoteIdentifier(name)}`)
    .join(', ');
}

async function* sliced(
  batches: AsyncIterable<RecordBatch>,
  size: number,
  signal: AbortSignal,
): AsyncGenerator<RecordBatch> {
  for await (const batch of batches) {
    for (let start = 0; start < batch.numRows; start += size) {
      if (signal.aborted) return;
      yield withPlainRows(batch.numRows <= size ? batch : batch.slice(start, start + size));
    }
  }
}
