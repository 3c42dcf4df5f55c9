import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineConnection } from '../ports/engine.js';
import type { PublishContext } from '../ports/publisher.js';
import type { Workspace } from './workspace.js';

/** Runs what publishes, with an engine only where files have to be written anew. */
export async function withPublishContext<T>(
  workspace: Workspace,
  runId: string,
  action: (context: PublishContext) => Promise<T>,
): Promise<T> {
  const lake = await workspace.lake();
  const { storage } = lake;
  const tempDir = join(workspace.paths.temp, runId);
  let connecting: Promise<EngineConnection> | undefined;
  const connect = async () => (await workspace.openEngine()).connect();
  try {
    return await action({
      storage,
      runId,
      current: async (table) => (await lake.snapshot()).tables.get(table),
      async merge(schema, files) {
        connecting ??= connect();
        const { mergeFiles } = await import('../lake/merge-files.js');
        return mergeFiles(await connecting, storage, schema, files, tempDir);
      },
      now: () => new Date(),
    });
  } finally {
    (await connecting)?.close();
    await rm(tempDir, { recursive: true, force: true });
  }
}
