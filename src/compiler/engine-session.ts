import { errorDiagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import { type Engine, type EngineConnection, EngineError } from '../ports/engine.js';

// Nothing is ever run, only bound: plans need no optimizing, and connections are all the parallelism there is.
const forBinding = 'SET threads = 1; SET enable_progress_bar = false; PRAGMA disable_optimizer;';

/** An engine that is opened when it is first needed, with as many connections as work at once. */
export class EngineSession {
  #opened:
    | Promise<{ readonly engine: Engine; readonly connections: readonly EngineConnection[] }>
    | undefined;

  constructor(
    private readonly openEngine: () => Promise<Engine>,
    readonly connectionCount: number,
    private readonly signal?: AbortSignal,
  ) {}

  async connections(): Promise<readonly EngineConnection[]> {
    this.#opened ??= this.#open();
    return (await this.#opened).connections;
  }

  /** The connection for everything that changes the catalog. */
  async first(): Promise<EngineConnection> {
    return (await this.connections())[0]!;
  }

  /** Does `work` for every item, one at a time on each connection. Results stand in the items' order. */
  async spread<T, R>(
    items: readonly T[],
    work: (item: T, connection: EngineConnection) => Promise<R>,
  ): Promise<readonly R[]> {
    const results: R[] = [];
    let next = 0;
    const runOn = async (connection: EngineConnection) => {
      for (let i = next++; i < items.length; i = next++) results[i] = await work(items[i]!, connection);
    };
    if (items.length > 0) {
      const connections = await this.connections();
      await Promise.all(connections.slice(0, items.length).map(runOn));
    }
    return results;
  }

  async close(): Promise<void> {
    const opened = await this.#opened?.catch(() => undefined);
    if (!opened) return;
    const { engine, connections } = opened;
    for (const connection of connections) connection.close();
    engine.close();
  }

  async #open() {
    let engine: Engine | undefined;
    const connections: EngineConnection[] = [];
    try {
      engine = await this.openEngine();
      for (let i = 0; i < this.connectionCount; i++) {
        const connection = await engine.connect(this.signal);
        connections.push(connection);
        await connection.run(forBinding);
      }
      return { engine, connections };
    } catch (error) {
      for (const connection of connections) connection.close();
      engine?.close();
      // An empty database opens: what can fail is what the project runs on every connection.
      if (!(error instanceof EngineError) || error.kind === 'interrupted') throw error;
      const message = `engine.init does not run: ${error.message.trim()}`;
      const diagnostic = errorDiagnostic('project/invalid-value', message, {
        hint: 'mend engine.init in etl.yml; it is run on every connection',
      });
      throw new DiagnosticError([diagnostic], { cause: error });
    }
  }
}
