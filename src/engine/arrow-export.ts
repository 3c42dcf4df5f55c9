import type { DuckDBConnection } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { castQuery } from '../schema/cast-query.js';
import { printType } from '../schema/column-type.js';
import { parseType } from '../schema/parse-type.js';
import { arrowBuilder } from './arrow-builder.js';
import { arrowTypeOf, exportedType } from './arrow-export-type.js';
import { toEngineError } from './engine-error.js';

type Arrow = typeof import('apache-arrow');

/** Rows of one record batch; fewer where they are large. */
const batchRows = 65_536;
const batchBytes = 32 << 20;

/**
 * Runs one query and returns its rows as an Arrow IPC stream, batch by batch. Types that Arrow has no exact form
 * of (UUID, INTERVAL, ENUM, UNION, …) come as text, HUGEINT as DECIMAL(38,0).
 */
export async function exportArrow(
  connection: DuckDBConnection,
  sql: string,
): Promise<AsyncIterable<Uint8Array>> {
  const prepared = await connection.prepare(sql);
  const types = Array.from({ length: prepared.columnCount }, (_, i) =>
    parseType(prepared.columnType(i).toString()),
  );
  const exported = types.map(exportedType);
  const columns = exported.map((type, i) => ({
    name: prepared.columnName(i),
    castTo: printType(type) === printType(types[i]!) ? undefined : printType(type),
  }));
  const isPlain = columns.every(({ castTo }) => castTo === undefined);
  const statement = isPlain ? sql : castQuery(sql, columns);
  const failed = (thrown: unknown): never => {
    throw toEngineError(thrown, statement);
  };
  const result = await (isPlain ? prepared.stream() : connection.stream(statement)).catch(failed);
  const names = uniqueNames(columns.map(({ name }) => name));
  const arrow = await import('apache-arrow');
  const schema = new arrow.Schema(
    exported.map((type, i) => new arrow.Field(names[i]!, arrowTypeOf(type, arrow), true)),
  );
  const builders = exported.map((type) => arrowBuilder(type, arrow));
  const writer = collectingWriter(arrow);

  return (async function* () {
    yield writer.start(schema);
    let rowCount = 0;
    const takeBatch = () => {
      const children = builders.map((builder) => builder.take());
      const data = arrow.makeData({
        type: new arrow.Struct(schema.fields),
        length: rowCount,
        nullCount: 0,
        children,
      });
      rowCount = 0;
      return writer.batch(new arrow.RecordBatch(schema, data));
    };
    for await (const chunk of failingWith(failed, result)) {
      const count = chunk.rowCount;
      builders.forEach((builder, i) => {
        builder.append(duckdb.data_chunk_get_vector(chunk.chunk, i), 0, count);
      });
      rowCount += count;
      const sizeBytes = builders.reduce((total, builder) => total + builder.sizeBytes(), 0);
      if (rowCount >= batchRows || sizeBytes >= batchBytes) yield takeBatch();
    }
    if (rowCount > 0) yield takeBatch();
    yield writer.end();
  })();
}

async function* failingWith<T>(
  failed: (thrown: unknown) => never,
  source: AsyncIterable<T>,
): AsyncGenerator<T> {
  try {
    yield* source;
  } catch (thrown) {
    failed(thrown);
  }
}

/** Repeated names are numbered as those of `rows()` are. */
function uniqueNames(names: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  return names.map((name) => {
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    return count === 0 ? name : `${name}:${count}`;
  });
}

/** Arrow's own writer fills a queue however slowly it is read; this one hands out what each step wrote. */
function collectingWriter(arrow: Arrow) {
  const parts: Uint8Array[] = [];
  class CollectingWriter extends arrow.RecordBatchStreamWriter {
    protected override _write(chunk: ArrayBufferView): this {
      if (chunk.byteLength > 0) parts.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
      return this;
    }
  }
  const writer = new CollectingWriter();
  const take = () => Buffer.concat(parts.splice(0));
  return {
    start(schema: InstanceType<Arrow['Schema']>): Uint8Array {
      writer.reset(undefined, schema);
      return take();
    },
    batch(batch: InstanceType<Arrow['RecordBatch']>): Uint8Array {
      writer.write(batch);
      return take();
    },
    end(): Uint8Array {
      writer.finish();
      return take();
    },
  };
}
