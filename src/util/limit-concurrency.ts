/** Runs actions as they come, at most `limit` at a time; the others wait in order. */
export type Limit = <T>(action: () => Promise<T>) => Promise<T>;

export function limitConcurrency(limit: number): Limit {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (action) => {
    if (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await action();
    } finally {
      // Whoever waits takes over the place, so that nobody gets in between.
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
