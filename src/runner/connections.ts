import { type Engine, type EngineConnection, EngineError } from '../ports/engine.js';

/** The connections of one run: handed out one a task, interrupted together. */
export class Connections {
  readonly #idle: EngineConnection[] = [];
  readonly #busy = new Set<EngineConnection>();

  constructor(
    private readonly engine: Engine,
    private readonly signal: AbortSignal,
  ) {}

  /** Lends a connection to `action`. After an abort the running query is interrupted and nothing new starts. */
  async use<T>(action: (connection: EngineConnection) => Promise<T>): Promise<T> {
    this.#refuseWhenAborted();
    const connection = this.#idle.pop() ?? (await this.engine.connect());
    this.#refuseWhenAborted();
    this.#busy.add(connection);
    // An interrupt that arrives between two statements is lost, so it is repeated until the task gives up.
    let repeat: NodeJS.Timeout | undefined;
    const interrupt = () => {
      connection.interrupt();
      repeat = setInterval(() => connection.interrupt(), 20);
    };
    this.signal.addEventListener('abort', interrupt, { once: true });
    try {
      return await action(connection);
    } finally {
      this.signal.removeEventListener('abort', interrupt);
      clearInterval(repeat);
      this.#busy.delete(connection);
      this.#idle.push(connection);
    }
  }

  close(): void {
    for (const connection of this.#idle) connection.close();
  }

  #refuseWhenAborted(): void {
    if (this.signal.aborted) throw new EngineError('interrupted', 'The run was interrupted.');
  }
}
