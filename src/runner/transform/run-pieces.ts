import type { RecordBatch } from 'apache-arrow';
import type { Transform } from '../../ports/transform.js';
import { LostRejections, watchingRejections } from './lost-rejections.js';
import { shown } from './misfit.js';
import { TransformOutputError } from './transform-output-error.js';

const firstPauseMs = 200;
const longestPauseMs = 10_000;

/**
 * What a transform yields for its input, in the order of the input. Without `concurrency` and `retries` it is
 * called once; otherwise once for each batch, a few at a time, and what a call yielded counts when it is done.
 * Reads no further ahead than calls are under way.
 */
export function transformed(
  transform: Transform,
  batches: AsyncIterable<RecordBatch>,
  signal: AbortSignal,
): AsyncGenerator<unknown> {
  return watchingRejections(async function* () {
    const lost = new LostRejections();
    try {
      const { concurrency, retries, run } = transform;
      yield* concurrency === 1 && retries === 0
        ? outputOf(run, batches, lost)
        : inPieces(transform, batches, lost, signal);
      await lost.end();
    } finally {
      lost.abandon();
    }
  });
}

async function* inPieces(
  { concurrency, retries, run }: Transform,
  batches: AsyncIterable<RecordBatch>,
  lost: LostRejections,
  signal: AbortSignal,
): AsyncGenerator<unknown> {
  const underWay: Promise<readonly unknown[]>[] = [];
  try {
    for await (const batch of batches) {
      const call = repeat(() => all(outputOf(run, only(batch), lost)), retries, signal);
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

/** What one call yields. */
async function* outputOf(
  run: Transform['run'],
  batches: AsyncIterable<RecordBatch>,
  outer: LostRejections,
): AsyncGenerator<unknown> {
  const lost = new LostRejections(outer);
  const output = iterated(run, batches);
  let isSuspended = false;
  try {
    for (;;) {
      const next = await lost.inside(() => output.next());
      if (next.done) break;
      isSuspended = true;
      yield next.value;
      isSuspended = false;
    }
    await lost.end();
  } finally {
    if (isSuspended) await lost.inside(() => output.return(undefined));
    lost.abandon();
  }
}

async function* iterated(
  run: Transform['run'],
  batches: AsyncIterable<RecordBatch>,
): AsyncGenerator<unknown> {
  const output = run(batches);
  const isIterable =
    typeof output === 'object' &&
    output !== null &&
    (Symbol.asyncIterator in output || Symbol.iterator in output);
  if (!isIterable) {
    const what = output === undefined ? 'nothing' : shown(output);
    throw new TransformOutputError(
      `The function of the transform gave ${what}; write "async function*" and yield its rows.`,
    );
  }
  yield* output;
}

async function all(items: AsyncIterable<unknown>): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  for await (const item of items) found.push(item);
  return found;
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
