import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { mergeFiles } from '../lake/merge-files.js';
import type { PublishContext } from '../ports/publisher.js';
import { publishers } from '../publishers/registry.js';
import type { Workspace } from './workspace.js';

/**
 * Brings every published folder up to what the lake has now, and takes back those that are no longer published.
 * What an earlier run left unfinished is finished here. Returns the tables that changed.
 */
export async function publishTables(workspace: Workspace, runId: string): Promise<readonly string[]> {
  const lake = await workspace.lake();
  const { storage } = lake;
  const { tables } = await lake.snapshot();
  const published = [...tables.values()].filter((version) => version.publish);
  const publisher = publishers['parquet-folder'];
  const pending = await publisher.pending(published, storage);
  if (pending.length === 0) return [];

  const tempDir = join(workspace.paths.temp, runId);
  const engine = await workspace.openEngine();
  const connection = await engine.connect();
  const context: PublishContext = {
    storage,
    runId,
    current: async (table) => (await lake.snapshot()).tables.get(table),
    merge: (schema, files) => mergeFiles(connection, storage, schema, files, tempDir),
    now: () => new Date(),
  };
  try {
    for (const table of pending) await publisher.publish(table, context);
    return pending;
  } finally {
    connection.close();
    await rm(tempDir, { recursive: true, force: true });
  }
}
