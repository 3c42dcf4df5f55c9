import { setMaxListeners } from 'node:events';

/** A signal to which very many may listen: Node.js warns of more than ten, as of a leak. */
export function manyMayListen<T extends AbortSignal>(signal: T): T {
  setMaxListeners(0, signal);
  return signal;
}

/** The signal of what nobody interrupts. */
export function neverAborted(): AbortSignal {
  return manyMayListen(new AbortController().signal);
}
