import { parse } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { DuckDBInstance } from '@duckdb/node-api';
import type { RecordBatch } from 'apache-arrow';
import type { Engine, EngineConnection, EngineStream } from '../ports/engine.js';
import { refuseWhenAborted } from '../ports/interruption.js';
import { quoteIdentifier, quoteString } from '../util/sql-quote.js';
import { toEngineError } from './engine-error.js';
import { InFlight } from './in-flight.js';
import { rowValue } from './row-values.js';
import { typeText } from './type-text.js';
import { rowsWithNumberedFields, unnamedStructs } from './unnamed-fields.js';

export interface DuckdbOptions {
  /** Database file; default: in memory. */
  readonly path?: string;
  readonly readOnly?: boolean;
  readonly threads?: number;
  /** As DuckDB reads it, such as `4GB`. */
  readonly memoryLimit?: string;
  /** Where queries larger than memory spill. */
  readonly tempDir?: string;
  /** SQL run on every connection. */
  readonly init?: string;
}

// Structured errors are what positions come from; progress needs the bar enabled but not printed; the machine's
// own time zone must not decide what a text without one means.
const everyConnection =
  "SET errors_as_json = true; SET enable_progress_bar = true; SET enable_progress_bar_print = false; SET GLOBAL TimeZone = 'UTC';";

/** Opens DuckDB in this process. */
export async function openDuckdb(options: DuckdbOptions = {}): Promise<Engine> {
  const settings: Record<string, string> = {
    ...(options.threads !== undefined && { threads: String(options.threads) }),
    ...(options.memoryLimit !== undefined && { memory_limit: options.memoryLimit }),
    ...(options.tempDir !== undefined && { temp_directory: options.tempDir }),
    ...(options.readOnly && { access_mode: 'READ_ONLY' }),
  };
  // What `init` creates must lie somewhere: a database that may only be read stands beside one in memory.
  const { init, path = ':memory:' } = options;
  const { name } = parse(path);
  const attached = options.readOnly && init && name.toLowerCase() !== 'memory' ? quoteIdentifier(name) : '';
  if (attached) delete settings.access_mode;
  let instance: DuckDBInstance;
  try {
    instance = await DuckDBInstance.create(attached ? ':memory:' : path, settings);
  } catch (thrown) {
    throw toEngineError(thrown, '');
  }
  const prepare = async (connection: DuckdbConnection, sql: string) => {
    if (attached)
      await connection.run(`attach if not exists ${quoteString(path)} as ${attached} (read_only)`);
    await connection.run(sql);
    if (attached) await connection.run(`set search_path = ${quoteString(`${attached},memory`)}`);
  };
  // DuckDB crashes or waits for ever when it is closed while it still connects.
  const opening = new InFlight(() => instance.closeSync());
  let prepared: Promise<void> = Promise.resolve();
  return {
    async connect(signal) {
      const opened = await opening.during(() => instance.connect());
      const connection = new DuckdbConnection(opened, signal);
      try {
        await connection.run(everyConnection);
        if (!init) return connection;
        // One connection at a time: two that replace the same macro at once are in conflict.
        const own = prepared.then(() => prepare(connection, init));
        prepared = own.catch(() => {});
        await own;
        return connection;
      } catch (thrown) {
        connection.close();
        throw thrown;
      }
    },
    close: () => opening.end(),
  };
}

class DuckdbConnection implements EngineConnection {
  readonly #running: InFlight;

  constructor(
    private readonly connection: DuckDBConnection,
    private readonly signal: AbortSignal | undefined,
  ) {
    this.#running = new InFlight(() => connection.disconnectSync());
    signal?.addEventListener('abort', this.#onAbort);
  }

  readonly #onAbort = () => this.interrupt();

  async run(sql: string): Promise<void> {
    await this.#guard(sql, () => this.connection.run(sql));
  }

  rows(sql: string) {
    return this.#guard(sql, async () => (await this.connection.run(sql)).convertRowObjects(rowValue));
  }

  async stream(sql: string): Promise<EngineStream> {
    const result = await this.#guard(sql, () => this.connection.stream(sql));
    const types = result.columnTypes();
    const columns = result.deduplicatedColumnNames().map((name, i) => ({ name, type: typeText(types[i]!) }));
    const isPlain = types.every((type) => unnamedStructs(type).length === 0);
    const rows = isPlain ? result.yieldConvertedRows(rowValue) : rowsWithNumberedFields(result, rowValue);
    return { columns, chunks: this.#chunks(sql, rows) };
  }

  arrowStream(sql: string): Promise<AsyncIterable<Uint8Array>> {
    return this.#guard(sql, async () => {
      const { exportArrow } = await import('./arrow-export.js');
      return this.#chunks(sql, await exportArrow(this.connection, sql));
    });
  }

  async appendArrow(table: string, batches: AsyncIterable<RecordBatch>): Promise<number> {
    const { appendArrow } = await import('./arrow-append.js');
    return this.#running.during(() => appendArrow(this.connection, table, batches));
  }

  async *#chunks<T>(sql: string, source: AsyncIterable<T>): AsyncGenerator<T> {
    const iterator = source[Symbol.asyncIterator]();
    try {
      for (;;) {
        const { done, value } = await this.#running.during(() => iterator.next());
        if (done) return;
        yield value;
      }
    } catch (thrown) {
      throw toEngineError(thrown, sql);
    } finally {
      await iterator.return?.();
    }
  }

  async #guard<T>(sql: string, action: () => Promise<T>): Promise<T> {
    refuseWhenAborted(this.signal);
    try {
      return await this.#running.during(action);
    } catch (thrown) {
      throw toEngineError(thrown, sql);
    }
  }

  interrupt(): void {
    this.connection.interrupt();
  }

  progress(): number | undefined {
    const { percentage } = this.connection.progress;
    return percentage < 0 ? undefined : percentage / 100;
  }

  close(): void {
    this.signal?.removeEventListener('abort', this.#onAbort);
    if (this.#running.isBusy) this.interrupt();
    this.#running.end();
  }
}
