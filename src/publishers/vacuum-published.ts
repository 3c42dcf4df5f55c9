import type { PublishContext } from '../ports/publisher.js';
import { thisProcess } from '../util/host-process.js';
import {
  claimKey,
  listPublishStates,
  readPublishState,
  recordKey,
  tableOfState,
  writeState,
} from './publish-state.js';

/**
 * Removes objects without rows that stand for partitions dropped before `before`, and returns their keys. A table
 * that somebody publishes just now is left for the next time.
 */
export async function vacuumPublished(
  context: PublishContext,
  before: Date,
  dryRun: boolean,
): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const { key } of (await listPublishStates(context.storage)).values()) {
    const table = await tableOfState(context.storage, key);
    if (table !== undefined) removed.push(...(await vacuumTable(table, context, before, dryRun)));
  }
  return removed;
}

async function vacuumTable(
  table: string,
  { storage, runId, now }: PublishContext,
  before: Date,
  dryRun: boolean,
): Promise<readonly string[]> {
  const record = (await readPublishState(storage, table)).settled;
  const old = Object.entries(record?.dropped ?? {}).filter(([, since]) => new Date(since) < before);
  if (!record || old.length === 0) return [];
  const keys = old.map(([key]) => key);
  if (dryRun) return keys;

  const { versionId, schema } = record;
  const claimedAt = now().toISOString();
  const claim = { format: 1, table, runId, versionId, schema, process: thisProcess(), claimedAt } as const;
  const own = claimKey(table, runId);
  await writeState(storage, own, { ...claim, yielded: false });
  const claimed = await readPublishState(storage, table);
  if (
    claimed.claims.length !== 1 ||
    claimed.records.length !== 1 ||
    claimed.records[0]?.versionId !== versionId
  ) {
    await storage.delete([own]);
    return [];
  }
  await storage.delete(keys);
  const dropped = Object.fromEntries(Object.entries(record.dropped).filter(([key]) => !keys.includes(key)));
  const isEmpty = versionId === null && Object.keys(dropped).length === 0;
  if (isEmpty) await storage.delete([recordKey(table, versionId)]);
  else await writeState(storage, recordKey(table, versionId), { ...record, dropped });
  // Somebody who came meanwhile may have written one of these again: the claim stays, and all is written anew.
  const after = await readPublishState(storage, table);
  if (after.claims.length === 1) await storage.delete([own]);
  else await writeState(storage, own, { ...claim, yielded: true });
  return keys;
}
