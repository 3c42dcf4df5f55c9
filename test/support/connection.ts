import { afterAll, onTestFinished } from 'vitest';
import { openDuckdb } from '../../src/engine/duckdb.js';
import type { Engine, EngineConnection } from '../../src/ports/engine.js';

interface Opened {
  readonly engine: Engine;
  readonly connection: EngineConnection;
}

type Options = Parameters<typeof openDuckdb>[0];

/** An engine and a connection for the test that asks for it, closed when it ends. */
export async function connectionOfTest(options?: Options): Promise<Opened> {
  const opened = await open(options);
  onTestFinished(() => close(opened));
  return opened;
}

/** An engine and a connection for all tests of the file that awaits it at its top, closed behind them. */
export async function connectionOfFile(options?: Options): Promise<Opened> {
  const opened = await open(options);
  afterAll(() => close(opened));
  return opened;
}

async function open(options: Options): Promise<Opened> {
  const engine = await openDuckdb(options);
  return { engine, connection: await engine.connect() };
}

function close({ engine, connection }: Opened): void {
  connection.close();
  engine.close();
}
