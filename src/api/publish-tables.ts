import type { PublishedTable } from '../ports/publisher.js';
import { publishers } from '../publishers/registry.js';
import { newId } from './new-id.js';
import type { ProjectOptions } from './options.js';
import { withPublishContext } from './publish-context.js';
import { wantedPublications } from './wanted-publications.js';
import { withWorkspace } from './with-workspace.js';
import type { Workspace } from './workspace.js';

const publisher = publishers['parquet-folder'];

/**
 * Brings every published folder up to what the lake has now, and takes back those that are no longer published.
 * What an earlier run left unfinished is finished here. Returns the tables that changed.
 */
export async function publishTables(workspace: Workspace, runId: string): Promise<readonly PublishedTable[]> {
  const lake = await workspace.lake();
  const wanted = await wantedPublications(workspace);
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
  const rest = (await wantedPublications(workspace))
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
