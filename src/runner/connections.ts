import type { Engine, EngineConnection } from '../ports/engine.js';
import { refuseWhenAborted } from '../ports/interruption.js';

/** The connections of one run: handed out one a task, interrupted together. */
export class Connections {
  readonly #idle: EngineConnection[] = [];

  constructor(
    private readonly engine: Engine,
    private readonly signal: AbortSignal,
    private readonly onProgress: (name: string, fraction: number) => void,
  ) {}

  /**
   * Lends a connection to `action`. After an abort the running query is interrupted and nothing new starts.
   * With a name, how far its query is gets reported four times a second.
   */
  async use<T>(action: (connection: EngineConnection) => Promise<T>, name?: string): Promise<T> {
    refuseWhenAborted(this.signal);
    const connection = this.#idle.pop() ?? (await this.engine.connect());
    refuseWhenAborted(this.signal);
    // An interrupt that arrives between two statements is lost, so it is repeated until the task gives up.
    let repeat: NodeJS.Timeout | undefined;
    const interrupt = () => {
      connection.interrupt();
      repeat = setInterval(() => connection.interrupt(), 20);
    };
    this.signal.addEventListener('abort', interrupt, { once: true });
    const progress = name === undefined ? undefined : setInterval(() => this.#report(name, connection), 250);
    try {
      return await action(connection);
    } finally {
      clearInterval(progress);
      this.signal.removeEventListener('abort', interrupt);
      clearInterval(repeat);
      this.#idle.push(connection);
    }
  }

  close(): void {
    for (const connection of this.#idle) connection.close();
  }

  #report(name: string, connection: EngineConnection): void {
    const fraction = connection.progress();
    if (fraction !== undefined) this.onProgress(name, fraction);
  }
}
