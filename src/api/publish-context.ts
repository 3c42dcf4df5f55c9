import { rm } from 'node:fs/promises';
import { mergeFiles } from '../lake/merge-files.js';
import type { EngineConnection } from '../ports/engine.js';
import type { Publication, PublishContext } from '../ports/publisher.js';
import type { Storage } from '../ports/storage.js';
import { TakenPlaces } from '../publishers/places.js';
import { openStorage } from '../storage/registry.js';
import { makeTempFolder } from './temp-folder.js';
import { publicationOf, wantedPublications } from './wanted-publications.js';
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
        const { table } = publication;
        const model = workspace.project.models.find(({ name }) => name === table);
        if (!model)
          return (await wantedPublications(workspace)).find(([one]) => isSame(one, publication))?.[1];
        const isWanted = isSame(publicationOf(workspace, table, model.config), publication);
        return isWanted ? (await lake.snapshot()).tables.get(table) : undefined;
      },
      async isTaken(publication) {
        const wanted = await wantedPublications(workspace);
        const taken = new TakenPlaces(workspace.project.target.lake);
        for (const [one] of wanted) if (!isSame(one, publication)) taken.add(one);
        return taken.find(publication) !== undefined;
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

function isSame(one: Publication, other: Publication): boolean {
  return one.table === other.table && one.to === other.to && one.path === other.path;
}

/** With the credentials of the target's lake. */
async function openPlace({ project, paths }: Workspace, to: string): Promise<Storage> {
  return openStorage({ ...project.target, lake: to }, { cacheDir: paths.downloads });
}
