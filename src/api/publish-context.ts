import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { mergeFiles } from '../lake/merge-files.js';
import type { EngineConnection } from '../ports/engine.js';
import type { PublishContext } from '../ports/publisher.js';
import type { Storage } from '../ports/storage.js';
import { openStorage } from '../storage/registry.js';
import { publicationOf } from './publication-of.js';
import { makeTempFolder } from './temp-folder.js';
import type { Workspace } from './workspace.js';

/** Runs what publishes, with an engine only where files have to be written anew. */
export async function withPublishContext<T>(
  workspace: Workspace,
  runId: string,
  action: (context: PublishContext) => Promise<T>,
): Promise<T> {
  const lake = await workspace.lake();
  const { storage } = lake;
  const places = new Map<string, Promise<Storage>>();
  let connecting: Promise<EngineConnection> | undefined;
  const connect = async () => (await workspace.openEngine()).connect();
  let folder: Promise<string> | undefined;
  const tempDir = () => {
    folder ??= makeTempFolder(workspace.paths, runId);
    return folder;
  };
  try {
    return await action({
      storage,
      runId,
      tempDir,
      openPlace(to) {
        const place = places.get(to) ?? openPlace(workspace, to);
        places.set(to, place);
        return place;
      },
      async current(publication) {
        const wanted = publicationOf(workspace, publication.table);
        if (wanted.to !== publication.to || wanted.path !== publication.path) return undefined;
        return (await lake.snapshot()).tables.get(publication.table);
      },
      async merge(schema, files) {
        connecting ??= connect();
        return mergeFiles(await connecting, storage, schema, files, await tempDir());
      },
      now: () => new Date(),
    });
  } finally {
    (await connecting)?.close();
    if (folder) await rm(await folder, { recursive: true, force: true });
  }
}

/** With the credentials of the target's lake. */
async function openPlace({ project, paths }: Workspace, to: string): Promise<Storage> {
  return openStorage({ ...project.target, lake: to }, { cacheDir: join(paths.cache, 'lake') });
}
