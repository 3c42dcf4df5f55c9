import type { Engine, EngineConnection } from '../ports/engine.js';

// Nothing is ever run, only bound: plans need no optimizing, and connections are all the parallelism there is.
const forBinding = 'SET threads = 1; SET enable_progress_bar = false; PRAGMA disable_optimizer;';

/** An engine that is opened when it is first needed, with as many connections as have work at once. */
export class EngineSession {
  #engine: Promise<Engine> | undefined;
  readonly #connections: Promise<EngineConnection>[] = [];

  constructor(
    private readonly openEngine: () => Promise<Engine>,
    readonly connectionCount: number,
    private readonly signal?: AbortSignal,
  ) {}

  /** The connection for everything that changes the catalog. */
  first(): Promise<EngineConnection> {
    return this.#connection(0);
  }

  /** Does `work` for every item, one at a time on each connection. Results stand in the items' order. */
  async spread<T, R>(
    items: readonly T[],
    work: (item: T, connection: EngineConnection) => Promise<R>,
  ): Promise<readonly R[]> {
    const results: R[] = [];
    let next = 0;
    const runOn = async (index: number) => {
      const connection = await this.#connection(index);
      for (let i = next++; i < items.length; i = next++) results[i] = await work(items[i]!, connection);
    };
    const count = Math.min(items.length, this.connectionCount);
    await Promise.all(Array.from({ length: count }, (_, i) => runOn(i)));
    return results;
  }

  async close(): Promise<void> {
    const opened = await Promise.allSettled(this.#connections);
    for (const connection of opened) if (connection.status === 'fulfilled') connection.value.close();
    (await this.#engine?.catch(() => undefined))?.close();
  }

  #connection(index: number): Promise<EngineConnection> {
    this.#connections[index] ??= this.#connect();
    return this.#connections[index];
  }

  async #connect(): Promise<EngineConnection> {
    this.#engine ??= this.openEngine();
    const connection = await (await this.#engine).connect(this.signal);
    await connection.run(forBinding);
    return connection;
  }
}
