import { errorDiagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { TableVersion } from '../ir/table-version.js';
import type { Publication, PublishedTable } from '../ports/publisher.js';
import { publishers } from '../publishers/registry.js';
import { newId } from './new-id.js';
import type { ProjectOptions } from './options.js';
import { publicationOf } from './publication-of.js';
import { withPublishContext } from './publish-context.js';
import { withWorkspace } from './with-workspace.js';
import type { Workspace } from './workspace.js';

const publisher = publishers['parquet-folder'];

/**
 * Brings every published folder up to what the lake has now, and takes back those that are no longer published.
 * What an earlier run left unfinished is finished here. Returns the tables that changed.
 */
export async function publishTables(workspace: Workspace, runId: string): Promise<readonly PublishedTable[]> {
  const lake = await workspace.lake();
  const { tables } = await lake.snapshot();
  const wanted = wantedPublications(workspace, [...tables.values()]);
  const pending = await publisher.pending(wanted, lake.storage);
  if (pending.length === 0) return [];
  return withPublishContext(workspace, runId, async (context) => {
    const done: PublishedTable[] = [];
    for (const publication of pending) done.push(await publisher.publish(publication, context));
    return done;
  });
}

/**
 * Finishes what was not published to the end, and writes files again that somebody took away. Returns the tables that
 * changed. Throws `DiagnosticError`.
 */
export function publish(options: ProjectOptions): Promise<readonly PublishedTable[]> {
  return withWorkspace(options, async (workspace) => {
    const runId = newId(new Date());
    const finished = await publishTables(workspace, runId);
    return [...finished, ...(await restoreTables(workspace, runId, finished))];
  });
}

async function restoreTables(
  workspace: Workspace,
  runId: string,
  done: readonly PublishedTable[],
): Promise<readonly PublishedTable[]> {
  const { tables } = await (await workspace.lake()).snapshot();
  const rest = wantedPublications(workspace, [...tables.values()])
    .map(([publication]) => publication)
    .filter(({ table }) => !done.some((other) => other.table === table));
  return withPublishContext(workspace, runId, async (context) => {
    const restored: PublishedTable[] = [];
    for (const publication of rest) {
      const table = await publisher.publish(publication, { ...context, looksForLost: true });
      if (table.writtenCount > 0 || !table.finished) restored.push(table);
    }
    return restored;
  });
}

function wantedPublications(
  workspace: Workspace,
  versions: readonly TableVersion[],
): (readonly [Publication, TableVersion])[] {
  const wanted = versions
    .filter((version) => version.publish)
    .map((version) => [publicationOf(workspace, version.table), version] as const);
  const tableByPlace = new Map<string, string>();
  for (const [{ table, to = '', path = table }] of wanted) {
    const place = `${to} ${path}`.toLowerCase();
    const other = tableByPlace.get(place);
    tableByPlace.set(place, table);
    if (other === undefined) continue;
    const message = `${other} and ${table} are published to the same folder.`;
    const hint = `give one of them another "path" under "publish"`;
    throw new DiagnosticError([errorDiagnostic('publish/failed', message, { hint })]);
  }
  return wanted;
}
