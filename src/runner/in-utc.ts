import type { EngineConnection } from '../ports/engine.js';
import { quoteString } from '../util/sql-quote.js';

/** Files are read in UTC: what a text without a zone means must not hang on the zone that `engine.init` may set. */
export async function inUtc<T>(connection: EngineConnection, action: () => Promise<T>): Promise<T> {
  const [row] = await connection.rows("select current_setting('TimeZone') as zone");
  const zone = row!.zone as string;
  if (zone === 'UTC') return action();
  await connection.run("set TimeZone = 'UTC'");
  try {
    return await action();
  } finally {
    await connection.run(`set TimeZone = ${quoteString(zone)}`);
  }
}
