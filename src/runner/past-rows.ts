import type { TableVersion } from '../ir/table-version.js';
import { type EngineConnection, EngineError } from '../ports/engine.js';
import { quoteRelation } from '../util/sql-quote.js';
import type { NodeTask } from './new-version.js';
import type { InputRows } from './rows-by-interval.js';
import { RelationSession } from './session.js';

/** Looks at rows on a connection that reads them. */
export type Look<T> = (rows: InputRows, connection: EngineConnection) => Promise<T>;

/** Looks at the rows of a view or ephemeral model as they were when what it reads were these versions. */
export async function lookAtPast<T>(
  name: string,
  past: readonly TableVersion[],
  { context }: NodeTask,
  look: Look<T>,
): Promise<T> {
  const { snapshot, session, manifest, lake } = context;
  const tables = new Map(past.map((version) => [version.table, version]));
  // An engine of its own, where the names of the tables stand for what they were.
  const engine = await context.openEmptyEngine();
  const pastSession = await RelationSession.open(engine, { ...snapshot, tables }, lake, manifest.sqlMacros);
  const connection = await engine.connect(context.signal);
  try {
    const define = async (view: string): Promise<void> => {
      if (tables.has(view)) return pastSession.ensure([view]);
      const version = session.versionOf(view);
      if (version?.view) {
        for (const read of version.view.reads) await define(read);
        return pastSession.define(version);
      }
      const { sql, reads } = context.stored(manifest.nodes.get(view)!);
      for (const read of reads) await define(read);
      return pastSession.defineQuery(view, sql);
    };
    await define(name);
    const sql = `select * from ${quoteRelation(name)}`;
    const columns = (await connection.rows(`describe ${sql}`)).map((row) => ({
      name: String(row.column_name),
      type: String(row.column_type),
    }));
    return await look({ sql, columns }, connection);
  } finally {
    connection.close();
    pastSession.close();
    engine.close();
  }
}

/** Why the past cannot be looked at: its files are gone, or a query of today does not fit what there was. */
export type Unseen = 'gone' | 'unfit';

/** What comes of looking at versions of the past. */
export async function seenOf<T>({ context }: NodeTask, look: () => Promise<T>): Promise<T | Unseen> {
  try {
    return await look();
  } catch (thrown) {
    if (context.signal.aborted) throw thrown;
    if (!(thrown instanceof EngineError) || thrown.kind === 'other') return 'gone';
    if (thrown.kind === 'interrupted' || thrown.kind === 'out-of-memory') throw thrown;
    return 'unfit';
  }
}
