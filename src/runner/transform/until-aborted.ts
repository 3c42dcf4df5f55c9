import { EngineError } from '../../ports/engine.js';

/**
 * Hands on items until the signal aborts, and then throws: what the items come from may wait for an answer that takes
 * long, and is left to itself.
 */
export async function* untilAborted<T>(items: AsyncGenerator<T>, signal: AbortSignal): AsyncGenerator<T> {
  let stop = () => {};
  const onAbort = () => stop();
  const interrupted = () => new EngineError('interrupted', 'The run was interrupted.');
  signal.addEventListener('abort', onAbort);
  let isWaiting = false;
  try {
    for (;;) {
      isWaiting = true;
      const next = await new Promise<IteratorResult<T>>((resolve, reject) => {
        stop = () => reject(interrupted());
        items.next().then(resolve, reject);
        if (signal.aborted) stop();
      });
      isWaiting = false;
      if (signal.aborted) throw interrupted();
      if (next.done) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    const ended = items.return(undefined);
    if (isWaiting) ended.catch(() => {});
    else await ended;
  }
}
