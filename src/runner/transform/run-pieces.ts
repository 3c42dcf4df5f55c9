import type { RecordBatch } from 'apache-arrow';
import type { Transform } from '../../ports/transform.js';

const firstPauseMs = 200;
const longestPauseMs = 10_000;

/**
 * What a transform yields for its input, in the order of the input. Without `concurrency` and `retries` it is
 * called once; otherwise once for each batch, a few at a time, and what a call yielded counts when it is done.
 * Reads no further ahead than calls are under way.
 */
export async function* transformed(
  { concurrency, retries, run }: Transform,
  batches: AsyncIterable<RecordBatch>,
  signal: AbortSignal,
): AsyncGenerator<unknown> {
  if (concurrency === 1 && retries === 0) {
    yield* run(batches);
    return;
  }
  const underWay: Promise<readonly unknown[]>[] = [];
  try {
    for await (const batch of batches) {
      const call = repeat(() => outputOf(run, batch), retries, signal);
      // It is waited for below; until then a failure must not count as nobody's.
      call.catch(() => {});
      underWay.push(call);
      if (underWay.length >= concurrency) yield* await underWay.shift()!;
    }
    while (underWay.length > 0) yield* await underWay.shift()!;
  } finally {
    await Promise.allSettled(underWay);
  }
}

async function outputOf(run: Transform['run'], batch: RecordBatch): Promise<readonly unknown[]> {
  const output: unknown[] = [];
  for await (const item of run(only(batch))) output.push(item);
  return output;
}

async function* only(batch: RecordBatch): AsyncGenerator<RecordBatch> {
  yield batch;
}

async function repeat<T>(action: () => Promise<T>, times: number, signal: AbortSignal): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await action();
    } catch (thrown) {
      if (attempt >= times || signal.aborted) throw thrown;
      await pause(Math.min(longestPauseMs, firstPauseMs * 2 ** attempt), signal);
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
