import type { RecordBatch } from 'apache-arrow';
import { expect, test } from 'vitest';
import type { Transform } from '../../ports/transform.js';
import { transformed } from './run-pieces.js';

const signal = new AbortController().signal;
const later = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Batches that are numbers here, and how many of them were read. */
function input(count: number) {
  const state = { read: 0 };
  async function* batches() {
    for (let i = 0; i < count; i++) {
      state.read++;
      yield i as unknown as RecordBatch;
    }
  }
  return { state, batches: batches() };
}

function transform(settings: Partial<Transform>): Transform {
  return {
    concurrency: 1,
    retries: 0,
    batchSize: 1,
    run: (batches) => batches,
    explain: () => expect.unreachable(),
    ...settings,
  };
}

async function collected(code: Transform, batches: AsyncIterable<RecordBatch>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const item of transformed(code, batches, signal)) all.push(item);
  return all;
}

test('one call for the whole input reads a batch when it is asked for one', async () => {
  const { state, batches } = input(100);
  const iterator = transformed(transform({}), batches, signal);
  await iterator.next();
  await iterator.next();
  await later();
  expect(state.read).toBe(2);
  await iterator.return(undefined);
});

test('calls at once are bounded, read no further ahead, and keep the order', async () => {
  const { state, batches } = input(20);
  let running = 0;
  let most = 0;
  const code = transform({
    concurrency: 3,
    async *run(own) {
      most = Math.max(most, ++running);
      for await (const batch of own) {
        for (let i = 0; i < 5 - (Number(batch) % 3); i++) await later();
        yield batch;
      }
      running--;
    },
  });
  const iterator = transformed(code, batches, signal);
  expect((await iterator.next()).value).toBe(0);
  await later();
  expect(state.read).toBe(3);
  const rest: unknown[] = [];
  for await (const item of iterator) rest.push(item);
  expect(rest).toEqual(Array.from({ length: 19 }, (_, i) => i + 1));
  expect(most).toBe(3);
});

test('a call that fails is repeated as often as said, without what it had yielded', async () => {
  const attempts = new Map<number, number>();
  const code = (retries: number) =>
    transform({
      retries,
      async *run(own) {
        for await (const batch of own) {
          const n = Number(batch);
          const attempt = (attempts.get(n) ?? 0) + 1;
          attempts.set(n, attempt);
          yield `${n}a`;
          if (n === 1 && attempt < 3) throw new Error(`no luck at ${n}`);
          yield `${n}b`;
        }
      },
    });
  expect(await collected(code(2), input(3).batches)).toEqual(['0a', '0b', '1a', '1b', '2a', '2b']);
  expect(attempts.get(1)).toBe(3);
  attempts.clear();
  await expect(collected(code(1), input(3).batches)).rejects.toThrow('no luck at 1');
});

test('after a failure nothing goes on unseen', async () => {
  let running = 0;
  const code = transform({
    concurrency: 4,
    async *run(own) {
      running++;
      try {
        for await (const batch of own) {
          if (Number(batch) === 0) throw new Error('first');
          await later();
          if (Number(batch) === 2) throw new Error('second');
          yield batch;
        }
      } finally {
        running--;
      }
    },
  });
  await expect(collected(code, input(8).batches)).rejects.toThrow('first');
  expect(running).toBe(0);
});

const noRows: readonly (readonly [given: unknown, message: string])[] = [
  [undefined, 'The function of the transform gave nothing; write "async function*" and yield its rows.'],
  [Promise.resolve([]), 'gave a promise that was not awaited;'],
  [5, 'gave number 5;'],
];

test.each(noRows)('a function that gives %s is an error in words', async (given, message) => {
  const code = transform({ run: () => given as AsyncIterable<unknown> });
  await expect(collected(code, input(1).batches)).rejects.toThrow(message);
});
