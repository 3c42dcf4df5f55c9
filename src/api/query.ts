import { errorDiagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import { LineIndex } from '../diagnostics/span.js';
import { type EngineConnection, EngineError, type EngineStream } from '../ports/engine.js';
import type { ProjectOptions } from './options.js';
import { updateCatalog, writeCatalogAt } from './update-catalog.js';
import { openWorkspace, type Workspace } from './workspace.js';

/** Rows as they come; `close` when done, read to the end or not. */
export interface QueryResult extends EngineStream {
  close(): Promise<void>;
}

export interface QueryOptions extends ProjectOptions {
  readonly sql: string;
  /** Read the lake as of this commit. Default: the last one. */
  readonly commit?: number | undefined;
}

/** Queries the tables of a lake, all of one commit. Throws `DiagnosticError`. */
export async function query(options: QueryOptions): Promise<QueryResult> {
  return onLake(options, async (connection) => await connection.stream(options.sql));
}

/** Runs an action on a connection that sees the lake's tables, with errors at their place in the SQL. */
export async function onLake(
  options: QueryOptions,
  action: (connection: EngineConnection) => Promise<EngineStream>,
): Promise<QueryResult> {
  const { value: workspace, diagnostics } = await openWorkspace(options);
  if (!workspace) throw new DiagnosticError(diagnostics);
  const connection = await openLakeConnection(workspace, options);
  const close = async () => {
    connection.close();
    await workspace.close();
  };
  try {
    const stream = await action(connection);
    return { columns: stream.columns, chunks: explained(stream.chunks, options.sql), close };
  } catch (thrown) {
    await close();
    throw explain(thrown, options.sql);
  }
}

/** A connection that sees the tables of the lake, as views, and changes nothing. Closing it closes its database. */
export async function openLakeConnection(
  workspace: Workspace,
  { commit }: Pick<QueryOptions, 'commit'>,
): Promise<EngineConnection> {
  const path =
    commit === undefined ? await updateCatalog(workspace) : await writeCatalogAt(workspace, commit);
  const { openDuckdb } = await import('../engine/duckdb.js');
  const { engine } = workspace.project;
  const database = await openDuckdb({
    path,
    readOnly: true,
    tempDir: workspace.paths.temp,
    threads: workspace.concurrency,
    ...(engine.memoryLimit !== undefined && { memoryLimit: engine.memoryLimit }),
    ...(engine.init !== undefined && { init: engine.init }),
  });
  const connection = await database.connect();
  const close = () => {
    connection.close();
    database.close();
  };
  return Object.assign(Object.create(connection) as EngineConnection, { close });
}

async function* explained<T>(chunks: AsyncIterable<T>, sql: string): AsyncGenerator<T> {
  try {
    yield* chunks;
  } catch (thrown) {
    throw explain(thrown, sql);
  }
}

/** An error of the engine as a diagnostic that points into the query. */
export function explain(thrown: unknown, sql: string): unknown {
  if (!(thrown instanceof EngineError)) return thrown;
  const { offset, candidates } = thrown.details;
  const hint = candidates?.length
    ? `did you mean ${candidates.map((c) => `"${c}"`).join(' or ')}?`
    : undefined;
  const end = offset === undefined ? 0 : offset + (/^\w+/.exec(sql.slice(offset))?.[0].length ?? 1);
  return new DiagnosticError(
    [
      errorDiagnostic('query/failed', thrown.message, {
        ...(offset !== undefined && {
          excerpt: {
            title: `the query, line ${new LineIndex(sql).position(offset).line}`,
            text: sql,
            start: offset,
            end,
          },
        }),
        ...(hint !== undefined && { hint }),
      }),
    ],
    { cause: thrown },
  );
}
