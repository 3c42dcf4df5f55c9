import { errorDiagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { SeenVersions, TableVersion } from '../ir/table-version.js';
import { type EngineConnection, EngineError } from '../ports/engine.js';
import { own } from '../util/own.js';
import { quoteRelation } from '../util/sql-quote.js';
import type { NodeTask } from './new-version.js';
import type { InputRows } from './rows-by-interval.js';
import { RelationSession } from './session.js';

/** Looks at rows on a connection that reads them. */
export type Look<T> = (rows: InputRows, connection: EngineConnection) => Promise<T>;

/** The versions that an input is made of, itself and what its views read. */
export function presentVersions(name: string, task: NodeTask): SeenVersions {
  const found: Record<string, string> = {};
  const visit = (table: string): void => {
    if (Object.hasOwn(found, table)) return;
    const version = task.context.session.versionOf(table);
    if (version) found[table] = version.id;
    for (const read of version ? (version.view?.reads ?? []) : ephemeralReads(table, task)) visit(read);
  };
  visit(name);
  return found;
}

/** The same of an input as it was seen, by name; undefined where one of them is not known any more. */
export async function pastVersions(
  name: string,
  seen: SeenVersions,
  task: NodeTask,
): Promise<ReadonlyMap<string, TableVersion> | undefined> {
  const found = new Map<string, TableVersion>();
  const visit = async (table: string): Promise<boolean> => {
    if (found.has(table)) return true;
    const id = own(seen, table);
    const version = id === undefined ? undefined : await task.context.lake.version(table, id);
    if (version) found.set(table, version);
    else if (id !== undefined || !isEphemeral(table, task)) return false;
    for (const read of version ? (version.view?.reads ?? []) : ephemeralReads(table, task))
      if (!(await visit(read))) return false;
    return true;
  };
  return (await visit(name)) ? found : undefined;
}

function isEphemeral(name: string, { context }: NodeTask): boolean {
  return context.manifest.nodes.get(name)?.config.materialized === 'ephemeral';
}

function ephemeralReads(name: string, task: NodeTask): readonly string[] {
  return isEphemeral(name, task) ? task.context.stored(task.context.manifest.nodes.get(name)!).reads : [];
}

/** Looks at the rows that an input had when it was made of these versions. */
export async function lookAtPast<T>(
  name: string,
  past: ReadonlyMap<string, TableVersion>,
  { context }: NodeTask,
  look: Look<T>,
): Promise<T> {
  // An engine of its own, where the names of the tables stand for what they were.
  const engine = await context.openEmptyEngine();
  const open: { close(): void }[] = [engine];
  try {
    const then = { ...context.snapshot, tables: past };
    const session = await RelationSession.open(engine, then, context.lake, []);
    open.unshift(session);
    const connection = await engine.connect(context.signal);
    open.unshift(connection);
    if (past.has(name)) await session.ensure([name]);
    else {
      // Its SQL is part of the model's own: it is what it was.
      const { sql, reads, macros } = context.stored(context.manifest.nodes.get(name)!);
      await session.ensure(reads);
      for (const macro of macros) await session.alter(macro);
      await session.defineQuery(name, sql);
    }
    const sql = `select * from ${quoteRelation(name)}`;
    const described = await connection.rows(`describe ${sql}`);
    const columns = described.map((row) => ({
      name: String(row.column_name),
      type: String(row.column_type),
    }));
    return await look({ sql, columns }, connection);
  } finally {
    for (const each of open) each.close();
  }
}

/** What comes of looking at the past; undefined where a query of today does not fit what there was. */
export async function seenOf<T>(
  input: string,
  { node, context }: NodeTask,
  look: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await look();
  } catch (thrown) {
    const kind = thrown instanceof EngineError ? thrown.kind : 'other';
    if (context.signal.aborted || kind === 'interrupted' || kind === 'out-of-memory') throw thrown;
    if (kind !== 'other') return undefined;
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    const message = `What ${input} held when ${node.name} was last built cannot be read: ${why}`;
    const hint = `build again once it can be; etl build --full-refresh --select ${node.name} does without it`;
    throw new DiagnosticError([errorDiagnostic('lake/corrupt', message, { hint })], { cause: thrown });
  }
}
