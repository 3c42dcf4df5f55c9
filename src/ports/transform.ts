import type { RecordBatch } from 'apache-arrow';
import type { Diagnostic } from '../diagnostics/diagnostic.js';

/** A model whose rows come from code: batches of rows in, batches of rows out. */
export interface Transform {
  /** How many calls run at once. */
  readonly concurrency: number;
  /** How often a call that failed is repeated. */
  readonly retries: number;
  /** Rows of one batch at most. */
  readonly batchSize: number;
  /** Yields record batches, rows, and arrays of rows. */
  run(batches: AsyncIterable<RecordBatch>): AsyncIterable<unknown>;
  /** What its code threw, at the place in the person's files. */
  explain(thrown: unknown): Diagnostic;
}
