import { setMaxListeners } from 'node:events';
import { EngineError } from './engine.js';

/** What is thrown by something that was told to stop. */
export function interruption(): EngineError {
  return new EngineError('interrupted', 'The run was interrupted.');
}

export function isInterruption(thrown: unknown): boolean {
  return thrown instanceof EngineError && thrown.kind === 'interrupted';
}

/** A signal that all tasks of a wide run may listen to: Node warns of more than ten listeners as of a leak. */
export function sharedSignal(signal: AbortSignal = new AbortController().signal): AbortSignal {
  setMaxListeners(0, signal);
  return signal;
}

/** Throws an `interruption` once `signal` aborted. */
export function refuseWhenAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw interruption();
}

/** What `promise` gives, or an `interruption` as soon as `signal` aborts: what still goes on is left to itself. */
export async function orInterrupted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  let stop = () => {};
  try {
    return await new Promise<T>((resolve, reject) => {
      stop = () => reject(interruption());
      signal.addEventListener('abort', stop, { once: true });
      promise.then(resolve, reject);
      if (signal.aborted) stop();
    });
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** What `promise` gives, or undefined where `signal` cut it off: what was under way has its own way to say so. */
export async function unlessInterrupted<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T | undefined> {
  try {
    return await promise;
  } catch (thrown) {
    if (signal?.aborted) return undefined;
    throw thrown;
  }
}
