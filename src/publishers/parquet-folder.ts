import { setTimeout as sleep } from 'node:timers/promises';
import type { TableVersion } from '../ir/table-version.js';
import type { Publication, PublishContext, PublishedTable, Publisher } from '../ports/publisher.js';
import type { Storage } from '../ports/storage.js';
import type { TableSchema } from '../schema/table-schema.js';
import { thisProcess } from '../util/host-process.js';
import { refuseForeignFiles } from './foreign-files.js';
import { openPlace, projectVersion, withoutLost } from './project-version.js';
import {
  claimKey,
  forgetPublication,
  isAtWork,
  type ListedState,
  listPublishStates,
  type PublishClaim,
  type PublishRecord,
  type PublishState,
  publicationOf,
  readPublishState,
  recordedPublications,
  recordKey,
  stateFolder,
  writeState,
} from './publish-state.js';
import { vacuumPublished } from './vacuum-published.js';

const mostPasses = 5;
const pollMs = 250;
const longestWaitMs = 30_000;

/**
 * `<lake>/<table>/<column>=<value>/data.parquet`: a plain folder for everybody else's tools. Atomic per partition,
 * not across partitions. Whoever changes it claims it first; what a dead publisher claimed is written anew. A folder
 * without record or claim was never published to: Parquet files in it are somebody else's.
 */
export const parquetFolder: Publisher = {
  name: 'parquet-folder',

  async pending(wanted, storage) {
    const states = await listPublishStates(storage);
    const publishable = wanted.filter(([, version]) => isPublishable(version));
    const behind = publishable.filter(([publication, { id }]) => {
      const state = states.get(stateFolder(publication));
      return state === undefined || state.claimed || state.recordIds.join() !== id;
    });
    const kept = new Set(publishable.map(([publication]) => stateFolder(publication)));
    // What is taken back last still says which files are ours, for those that come into its folder.
    return [...behind.map(([publication]) => publication), ...(await toTakeBack(states, kept, storage))];
  },

  recorded: recordedPublications,

  async publish(publication, context) {
    const state = await readPublishState(context.storage, publication);
    const version = await currentVersion(publication, context);
    const result = { ...publication, versionId: version?.id ?? null, writtenCount: 0 };
    const { settled } = state;
    const isThere = async () => !context.looksForLost || (await isWhole(settled!, publication, context));
    if (settled?.versionId === result.versionId && (await isThere())) return { ...result, finished: true };
    const sameAtWork = othersAtWork(state, context).some((claim) => claim.versionId === result.versionId);
    if (sameAtWork) return { ...result, finished: false };
    if (!version && !schemaOf(state)) return { ...result, finished: true };
    if (!version && (await context.isTaken(publication))) {
      await forgetPublication(context.storage, state);
      return { ...result, finished: true };
    }
    if (!state.isKnown) await refuseForeignFiles(publication, await openPlace(publication, context), context);
    try {
      return await publishClaimed(publication, context);
    } catch (thrown) {
      await writeClaim(publication, context, version, schemaOf(state), true).catch(() => undefined);
      throw thrown;
    }
  },

  vacuum: vacuumPublished,
};

async function publishClaimed(publication: Publication, context: PublishContext): Promise<PublishedTable> {
  const { storage, runId } = context;
  let writtenCount = 0;
  for (let pass = 1; ; pass++) {
    const before = await readPublishState(storage, publication);
    const version = await currentVersion(publication, context);
    const result = { ...publication, versionId: version?.id ?? null };
    const schema = version?.schema ?? schemaOf(before)!;
    await writeClaim(publication, context, version, schema, false);
    const known =
      before.settled && context.looksForLost
        ? await withoutLost(before.settled, publication, context)
        : before.settled;
    const projection = await projectVersion({ publication, version, schema, known }, context);
    writtenCount += projection.writtenCount;

    const after = await readPublishState(storage, publication);
    const others = othersAtWork(after, context);
    const alone = others.length === 0 && othersAtWork(before, context).length === 0;
    if (alone && (await currentVersion(publication, context))?.id === version?.id) {
      await settle(storage, after, projection.record);
      return { ...result, writtenCount, finished: true };
    }
    // Writes may have crossed. One of all publishers at work stays until the others are done, and writes anew.
    const yields = others.some((other) => other.runId > runId) || pass === mostPasses;
    if (yields || !(await othersLeave(publication, context))) {
      await writeClaim(publication, context, version, schema, true);
      return { ...result, writtenCount, finished: false };
    }
  }
}

async function isWhole(
  record: PublishRecord,
  publication: Publication,
  context: PublishContext,
): Promise<boolean> {
  const { partitions } = await withoutLost(record, publication, context);
  return Object.keys(partitions).length === Object.keys(record.partitions).length;
}

async function othersLeave(publication: Publication, context: PublishContext): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < longestWaitMs; waitedMs += pollMs) {
    if (othersAtWork(await readPublishState(context.storage, publication), context).length === 0) return true;
    await sleep(pollMs);
  }
  return false;
}

async function writeClaim(
  publication: Publication,
  { storage, runId, now }: PublishContext,
  version: TableVersion | undefined,
  schema: TableSchema | undefined,
  yielded: boolean,
): Promise<void> {
  const claimedAt = now().toISOString();
  await writeState(storage, claimKey(publication, runId), {
    format: 1,
    publication,
    runId,
    claimedAt,
    process: thisProcess(),
    yielded,
    versionId: version?.id ?? null,
    ...(schema && { schema }),
  });
}

async function currentVersion(
  publication: Publication,
  context: PublishContext,
): Promise<TableVersion | undefined> {
  const version = await context.current(publication);
  return version && isPublishable(version) ? version : undefined;
}

function isPublishable(version: TableVersion): boolean {
  return version.publish && version.kind === 'table';
}

function othersAtWork(state: PublishState, { runId, now }: PublishContext): PublishClaim[] {
  return state.claims.filter((claim) => claim.runId !== runId && isAtWork(claim, now()));
}

function schemaOf(state: PublishState): TableSchema | undefined {
  return state.records[0]?.schema ?? state.claims.find((claim) => claim.schema)?.schema;
}

/** The new record first: until the claims are gone, nobody relies on either. */
async function settle(storage: Storage, state: PublishState, record: PublishRecord): Promise<void> {
  const { publication } = record;
  const key = recordKey(publication, record.versionId);
  await writeState(storage, key, record);
  const old = state.records.map((other) => recordKey(publication, other.versionId));
  await storage.delete(old.filter((other) => other !== key));
  await storage.delete(state.claims.map((claim) => claimKey(publication, claim.runId)));
}

async function toTakeBack(
  states: ReadonlyMap<string, ListedState>,
  kept: ReadonlySet<string>,
  storage: Storage,
): Promise<Publication[]> {
  const publications: Publication[] = [];
  for (const [folder, { recordIds, claimed, key }] of states) {
    if (kept.has(folder) || (!claimed && recordIds.join() === 'none')) continue;
    const publication = await publicationOf(storage, key);
    if (publication !== undefined) publications.push(publication);
  }
  return publications;
}
