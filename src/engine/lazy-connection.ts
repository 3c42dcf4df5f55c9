import type { EngineConnection } from '../ports/engine.js';

/** A connection that is opened when it is first used: what turns out to be remembered costs no engine. */
export function lazyConnection(open: () => Promise<EngineConnection>): EngineConnection {
  let opened: Promise<EngineConnection> | undefined;
  let current: EngineConnection | undefined;
  const connection = async (): Promise<EngineConnection> => {
    opened ??= open();
    current = await opened;
    return current;
  };
  return {
    run: async (sql) => (await connection()).run(sql),
    rows: async (sql) => (await connection()).rows(sql),
    stream: async (sql) => (await connection()).stream(sql),
    arrowStream: async (sql) => (await connection()).arrowStream(sql),
    appendArrow: async (table, batches) => (await connection()).appendArrow(table, batches),
    interrupt: () => current?.interrupt(),
    progress: () => current?.progress(),
    close: () => current?.close(),
  };
}
