import type { PublishedTable } from '../ports/publisher.js';
import { publishers } from '../publishers/registry.js';
import { newId } from './new-id.js';
import type { ProjectOptions } from './options.js';
import { withPublishContext } from './publish-context.js';
import { withWorkspace } from './with-workspace.js';
import type { Workspace } from './workspace.js';

/**
 * Brings every published folder up to what the lake has now, and takes back those that are no longer published.
 * What an earlier run left unfinished is finished here. Returns the tables that changed.
 */
export async function publishTables(workspace: Workspace, runId: string): Promise<readonly PublishedTable[]> {
  const lake = await workspace.lake();
  const { tables } = await lake.snapshot();
  const published = [...tables.values()].filter((version) => version.publish);
  const publisher = publishers['parquet-folder'];
  const pending = await publisher.pending(published, lake.storage);
  if (pending.length === 0) return [];
  return withPublishContext(workspace, runId, async (context) => {
    const done: PublishedTable[] = [];
    for (const table of pending) done.push(await publisher.publish(table, context));
    return done;
  });
}

/** Finishes what was not published to the end. Throws `DiagnosticError`. */
export function publish(options: ProjectOptions): Promise<readonly PublishedTable[]> {
  return withWorkspace(options, (workspace) => publishTables(workspace, newId(new Date())));
}
