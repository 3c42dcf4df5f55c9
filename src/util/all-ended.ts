/** Like `Promise.all`, but after an error it waits for the others too: nobody closes under them what they use. */
export async function allEnded<T extends readonly unknown[]>(
  promises: {
    readonly [K in keyof T]: Promise<T[K]>;
  },
): Promise<T> {
  await Promise.allSettled(promises);
  return Promise.all(promises) as Promise<unknown> as Promise<T>;
}
