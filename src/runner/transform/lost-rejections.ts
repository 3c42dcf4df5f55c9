import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Rejections that nobody waits for (yet) while a call of a person's function runs. Node would end the process at the
 * first one, even where the function goes on to await the promise: several requests are started and awaited one
 * after the other. Here the function has until its end to await it; what is left then is the call's failure.
 */
export class LostRejections {
  readonly #reasons = new Map<Promise<unknown>, unknown>();
  #state: 'running' | 'done' | 'failed' = 'running';

  /** @param outer takes what is rejected when this call is over */
  constructor(private readonly outer?: LostRejections) {}

  /** Runs what belongs to this call. */
  inside<T>(action: () => T): T {
    return calls.run(this, action);
  }

  /** Ends the call; throws what was rejected and never awaited. */
  async end(): Promise<void> {
    // Node reports rejections when nothing else is left to do for now.
    await new Promise((resolve) => setImmediate(resolve));
    for (const reason of this.#reasons.values()) throw reason;
    this.#state = 'done';
  }

  /** Ends a call that failed, if it did not end: what else it started may fail too, which says nothing new. */
  abandon(): void {
    if (this.#state === 'running') this.#state = 'failed';
  }

  /** False when neither this call nor the outer one is there to fail. */
  add(promise: Promise<unknown>, reason: unknown): boolean {
    if (this.#state === 'done') return this.outer?.add(promise, reason) ?? false;
    this.#reasons.set(promise, reason);
    owners.set(promise, this);
    return true;
  }

  remove(promise: Promise<unknown>): void {
    this.#reasons.delete(promise);
  }
}

const calls = new AsyncLocalStorage<LostRejections>();
const owners = new WeakMap<Promise<unknown>, LostRejections>();
let watchers = 0;

/**
 * While the iterable is read, rejections of the calls inside are theirs; all others do what they always do. When
 * reading fails, that stays so: what was started goes on.
 */
export async function* watchingRejections<T>(items: () => AsyncIterable<T>): AsyncGenerator<T> {
  if (watchers++ === 0) {
    process.on('unhandledRejection', onRejected);
    process.on('rejectionHandled', onHandled);
  }
  yield* items();
  if (--watchers === 0) {
    process.off('unhandledRejection', onRejected);
    process.off('rejectionHandled', onHandled);
  }
}

function onRejected(reason: unknown, promise: Promise<unknown>): void {
  if (calls.getStore()?.add(promise, reason)) return;
  // Thrown here, it ends the process as it would without this listener, unless somebody else listens.
  if (process.listenerCount('unhandledRejection') === 1) throw reason;
}

function onHandled(promise: Promise<unknown>): void {
  owners.get(promise)?.remove(promise);
}
