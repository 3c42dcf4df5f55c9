import type { RecordBatch } from 'apache-arrow';
import type { ExpandedTransform } from '../../ir/expanded-model.js';
import type { EngineConnection } from '../../ports/engine.js';
import type { Transform } from '../../ports/transform.js';
import { duckdbTypeOf } from '../../schema/arrow-type.js';
import { parseType } from '../../schema/parse-type.js';
import { own } from '../../util/own.js';
import { quoteIdentifier } from '../../util/sql-quote.js';
import { findMisfit, type StagedTable } from './find-misfit.js';
import { type InputValue, inputValue } from './input-value.js';
import { type OutputColumn, outputColumn } from './output-column.js';
import { withPlainRows } from './plain-rows.js';
import { transformed } from './run-pieces.js';
import { inputSql } from './transform-input.js';
import { type OutputBatch, outputBatches } from './transform-output.js';
import { untilAborted } from './until-aborted.js';

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
  /** What is wrong where reading them fails: the first value that its column cannot hold, if there is one. */
  explain(): Promise<Error | undefined>;
  drop(): Promise<void>;
}

/** Runs a transform over its input. Rows are stored as they are yielded; what stands in memory is a few batches. */
export async function stageTransform(task: TransformTask): Promise<StagedTransform> {
  const { transform, reader, writer, signal } = task;
  const arrow = await import('apache-arrow');
  const inputColumns = await describe(task.input, reader);
  const columns = await outputColumns(task);
  const stream = await reader.arrowStream(inputSql(task.input, inputColumns));
  const reading = await arrow.RecordBatchReader.from(stream);
  const values = inputColumns.map(({ type }) => inputValue(parseType(type)));
  const batches = sliced(reading, transform.batchSize, values, signal);
  const yielded = transformed(transform, batches, signal);
  const tables: StagedTable[] = [];
  const drop = async () => {
    for (const { name } of tables) await writer.run(`drop table if exists ${quoteIdentifier(name)}`);
  };
  try {
    const output = untilAborted(outputBatches(yielded, columns, arrow), signal);
    await store(output, columns, writer, tables);
  } catch (thrown) {
    await drop();
    throw thrown;
  }
  const sql =
    tables.length > 0
      ? tables.map(selectSql).join('\nunion all\n')
      : `select ${nullList(task.columns)} limit 0`;
  return { sql, explain: () => findMisfit(tables, writer), drop };
}

/** Batches of one schema go to one table; another schema begins another one. Each table is added to `tables`. */
async function store(
  output: AsyncGenerator<OutputBatch>,
  columns: readonly OutputColumn[],
  writer: EngineConnection,
  tables: StagedTable[],
): Promise<void> {
  let before = 0;
  try {
    for (let next = await output.next(); !next.done; ) {
      const first = next.value;
      const table = `transform output ${tables.length}`;
      const types = first.batch.schema.fields.map((field) => duckdbTypeOf(field.type) ?? 'VARCHAR');
      const list = first.batch.schema.fields.map((field, i) => `${quoteIdentifier(field.name)} ${types[i]}`);
      await writer.run(`create or replace temp table ${quoteIdentifier(table)} (${list.join(', ')})`);
      const names = first.batch.schema.fields.map((field) => field.name);
      const values = columns.map(({ name, declared, fromRows, fromBatches }) => ({
        column: name,
        declared,
        sql: first.isRows ? fromRows(quoteIdentifier(name)) : fromBatches(types[names.indexOf(name)]!),
      }));
      tables.push({ name: table, before, values });
      let following: IteratorResult<OutputBatch> = next;
      const same = async function* (): AsyncGenerator<RecordBatch> {
        while (!following.done && following.value.key === first.key) {
          yield following.value.batch;
          following = await output.next();
        }
      };
      before += await writer.appendArrow(table, same());
      next = following;
    }
  } catch (thrown) {
    await output.return?.(undefined);
    throw thrown;
  }
}

async function describe(
  sql: string,
  connection: EngineConnection,
): Promise<readonly { readonly name: string; readonly type: string }[]> {
  const rows = await connection.rows(`describe ${sql}`);
  return rows.map((row) => ({ name: String(row.column_name), type: String(row.column_type) }));
}

/** The declared columns, with DuckDB's own words for their types. */
async function outputColumns({ columns, writer }: TransformTask): Promise<readonly OutputColumn[]> {
  const described = await describe(`select ${nullList(columns)}`, writer);
  return described.map(({ name, type }) => outputColumn(name, own(columns, name)!, type));
}

function selectSql({ name, values }: StagedTable): string {
  const list = values.map(({ column, sql }) => `${sql} as ${quoteIdentifier(column)}`);
  return `select ${list.join(', ')} from ${quoteIdentifier(name)}`;
}

function nullList(columns: ExpandedTransform['columns']): string {
  return Object.entries(columns)
    .map(([name, type]) => `cast(null as ${type}) as ${quoteIdentifier(name)}`)
    .join(', ');
}

async function* sliced(
  batches: AsyncIterable<RecordBatch>,
  size: number,
  values: readonly (InputValue | undefined)[],
  signal: AbortSignal,
): AsyncGenerator<RecordBatch> {
  for await (const batch of batches) {
    for (let start = 0; start < batch.numRows; start += size) {
      if (signal.aborted) return;
      yield withPlainRows(batch.numRows <= size ? batch : batch.slice(start, start + size), values);
    }
  }
}
