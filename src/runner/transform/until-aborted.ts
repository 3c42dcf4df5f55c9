import { orInterrupted, refuseWhenAborted } from '../../ports/interruption.js';

/**
 * Hands on items until the signal aborts, and then throws: what the items come from may wait for an answer that takes
 * long, and is left to itself.
 */
export async function* untilAborted<T>(items: AsyncGenerator<T>, signal: AbortSignal): AsyncGenerator<T> {
  let isWaiting = false;
  try {
    for (;;) {
      isWaiting = true;
      const next = await orInterrupted(items.next(), signal);
      isWaiting = false;
      refuseWhenAborted(signal);
      if (next.done) return;
      yield next.value;
    }
  } finally {
    const ended = items.return(undefined);
    if (isWaiting) ended.catch(() => {});
    else await ended;
  }
}
