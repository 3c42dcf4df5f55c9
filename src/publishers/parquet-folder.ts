import { setTimeout as sleep } from 'node:timers/promises';
import type { TableVersion } from '../ir/table-version.js';
import type { PublishContext, PublishedTable, Publisher } from '../ports/publisher.js';
import type { Storage } from '../ports/storage.js';
import type { TableSchema } from '../schema/table-schema.js';
import { thisProcess } from '../util/host-process.js';
import { tableFolder } from '../util/table-folder.js';
import { projectVersion } from './project-version.js';
import {
  claimKey,
  isAtWork,
  listPublishStates,
  type PublishClaim,
  type PublishRecord,
  type PublishState,
  readPublishState,
  recordKey,
  tableOfState,
  writeState,
} from './publish-state.js';
import { vacuumPublished } from './vacuum-published.js';

const mostPasses = 5;
const pollMs = 250;
const longestWaitMs = 30_000;

/**
 * `<lake>/<table>/<column>=<value>/data.parquet`: a plain folder for everybody else's tools. Atomic per partition,
 * not across partitions. Whoever changes it claims it first; what a dead publisher claimed is written anew.
 */
export const parquetFolder: Publisher = {
  name: 'parquet-folder',

  async pending(published, storage) {
    const states = await listPublishStates(storage);
    const versions = published.filter(isPublishable);
    const behind = versions.filter(({ table, id }) => {
      const state = states.get(tableFolder(table));
      return state === undefined || state.claimed || state.recordIds.join() !== id;
    });
    return [...behind.map(({ table }) => table), ...(await tablesToTakeBack(states, versions, storage))];
  },

  async publish(table, context) {
    const state = await readPublishState(context.storage, table);
    const version = await currentVersion(table, context);
    const result = { table, versionId: version?.id ?? null, writtenCount: 0 };
    if (state.settled?.versionId === result.versionId) return { ...result, finished: true };
    const sameAtWork = othersAtWork(state, context).some((claim) => claim.versionId === result.versionId);
    if (sameAtWork) return { ...result, finished: false };
    if (!version && !schemaOf(state)) return { ...result, finished: true };
    try {
      return await publishClaimed(table, context);
    } catch (thrown) {
      await writeClaim(table, context, version, schemaOf(state), true).catch(() => undefined);
      throw thrown;
    }
  },

  vacuum: vacuumPublished,
};

async function publishClaimed(table: string, context: PublishContext): Promise<PublishedTable> {
  const { storage, runId } = context;
  let writtenCount = 0;
  for (let pass = 1; ; pass++) {
    const before = await readPublishState(storage, table);
    const version = await currentVersion(table, context);
    const result = { table, versionId: version?.id ?? null };
    const schema = version?.schema ?? schemaOf(before)!;
    await writeClaim(table, context, version, schema, false);
    const projection = await projectVersion({ table, version, schema, known: before.settled }, context);
    writtenCount += projection.writtenCount;

    const after = await readPublishState(storage, table);
    const others = othersAtWork(after, context);
    const alone = others.length === 0 && othersAtWork(before, context).length === 0;
    if (alone && (await currentVersion(table, context))?.id === version?.id) {
      await settle(storage, after, projection.record);
      return { ...result, writtenCount, finished: true };
    }
    // Writes may have crossed. One of all publishers at work stays until the others are done, and writes anew.
    const yields = others.some((other) => other.runId > runId) || pass === mostPasses;
    if (yields || !(await othersLeave(table, context))) {
      await writeClaim(table, context, version, schema, true);
      return { ...result, writtenCount, finished: false };
    }
  }
}

async function othersLeave(table: string, context: PublishContext): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < longestWaitMs; waitedMs += pollMs) {
    if (othersAtWork(await readPublishState(context.storage, table), context).length === 0) return true;
    await sleep(pollMs);
  }
  return false;
}

async function writeClaim(
  table: string,
  { storage, runId, now }: PublishContext,
  version: TableVersion | undefined,
  schema: TableSchema | undefined,
  yielded: boolean,
): Promise<void> {
  const claimedAt = now().toISOString();
  await writeState(storage, claimKey(table, runId), {
    format: 1,
    table,
    runId,
    claimedAt,
    process: thisProcess(),
    yielded,
    versionId: version?.id ?? null,
    ...(schema && { schema }),
  });
}

async function currentVersion(table: string, context: PublishContext): Promise<TableVersion | undefined> {
  const version = await context.current(table);
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
  const key = recordKey(record.table, record.versionId);
  await writeState(storage, key, record);
  const old = state.records.map((other) => recordKey(other.table, other.versionId));
  await storage.delete(old.filter((other) => other !== key));
  await storage.delete(state.claims.map((claim) => claimKey(claim.table, claim.runId)));
}

async function tablesToTakeBack(
  states: Awaited<ReturnType<typeof listPublishStates>>,
  published: readonly TableVersion[],
  storage: Storage,
): Promise<string[]> {
  const kept = new Set(published.map(({ table }) => tableFolder(table)));
  const tables: string[] = [];
  for (const [folder, { recordIds, claimed, key }] of states) {
    if (kept.has(folder) || (!claimed && recordIds.join() === 'none')) continue;
    const table = await tableOfState(storage, key);
    if (table !== undefined) tables.push(table);
  }
  return tables;
}
