import type * as arrow from 'apache-arrow';
import { expect } from 'vitest';
import { connectionOfFile } from '../../../test/support/connection.js';
import type { Transform } from '../../ports/transform.js';
import { stageTransform } from './stage-transform.js';

type Columns = Readonly<Record<string, string>>;
type Run = (
  batches: AsyncIterable<Iterable<Record<string, unknown>> & arrow.RecordBatch>,
) => AsyncIterable<unknown>;

/** Runs transforms in one engine of the test file. */
export async function transformFixture() {
  const { engine, connection: reader } = await connectionOfFile({ init: "set TimeZone = 'UTC'" });
  const writer = await engine.connect();

  /** The rows that a transform gives; rejects with what is wrong with them. */
  async function staged(input: string, columns: Columns, run: Run) {
    const transform: Transform = {
      concurrency: 1,
      retries: 0,
      batchSize: 2,
      run: run as unknown as Transform['run'],
      explain: () => expect.unreachable(),
    };
    const { signal } = new AbortController();
    const result = await stageTransform({ transform, columns, input, reader, writer, signal });
    try {
      return await writer.rows(result.sql);
    } catch (thrown) {
      throw (await result.explain()) ?? thrown;
    } finally {
      await result.drop();
    }
  }

  /** The rows that a transform gives which yields these items. */
  const yielding = (columns: Columns, ...items: readonly unknown[]) =>
    staged('select 1', columns, async function* () {
      yield* items;
    });

  /** The rows of a query without a transform. */
  const plain = (sql: string) => writer.rows(sql);

  return { staged, yielding, plain };
}
