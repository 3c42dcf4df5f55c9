import type { Publication, PublishContext } from '../ports/publisher.js';
import { thisProcess } from '../util/host-process.js';
import { mapConcurrently } from '../util/map-concurrently.js';
import {
  claimKey,
  forgetPublication,
  listPublishStates,
  publicationOf,
  readPublishState,
  recordKey,
  writeState,
} from './publish-state.js';
import { overlaidBefore, slimObject } from './replace-object.js';

/**
 * Removes objects without rows that stand for partitions dropped before `before`, and returns their keys. Objects that
 * were replaced before then lose what they keep of earlier ones. A table that somebody publishes just now is left for
 * the next time.
 */
export async function vacuumPublished(
  context: PublishContext,
  before: Date,
  dryRun: boolean,
): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const { key } of (await listPublishStates(context.storage)).values()) {
    const publication = await publicationOf(context.storage, key);
    if (publication) removed.push(...(await vacuumOne(publication, context, before, dryRun)));
  }
  return removed;
}

async function vacuumOne(
  publication: Publication,
  context: PublishContext,
  before: Date,
  dryRun: boolean,
): Promise<readonly string[]> {
  const { storage, runId, now, openPlace, tempDir } = context;
  const state = await readPublishState(storage, publication);
  const record = state.settled;
  if (record?.versionId === null && (await context.isTaken(publication))) {
    if (!dryRun) await forgetPublication(storage, state);
    return [];
  }
  const old = Object.entries(record?.dropped ?? {}).filter(([, since]) => new Date(since) < before);
  if (!record) return [];
  const keys = old.map(([key]) => key);
  if (dryRun) return keys;
  const place = publication.to === undefined ? storage : await openPlace(publication.to);
  const overlaid = await overlaidBefore(place, Object.keys(record.partitions), before);
  if (keys.length + overlaid.length === 0) return [];

  const { versionId, schema } = record;
  const claimedAt = now().toISOString();
  const claim = {
    format: 1,
    publication,
    runId,
    versionId,
    schema,
    process: thisProcess(),
    claimedAt,
  } as const;
  const own = claimKey(publication, runId);
  await writeState(storage, own, { ...claim, yielded: false });
  const claimed = await readPublishState(storage, publication);
  if (
    claimed.claims.length !== 1 ||
    claimed.records.length !== 1 ||
    claimed.records[0]?.versionId !== versionId
  ) {
    await storage.delete([own]);
    return [];
  }
  await place.delete(keys);
  await mapConcurrently(overlaid, 8, (key) => slimObject(place, key, tempDir));
  const dropped = Object.fromEntries(Object.entries(record.dropped).filter(([key]) => !keys.includes(key)));
  const isEmpty = versionId === null && Object.keys(dropped).length === 0;
  if (isEmpty) await storage.delete([recordKey(publication, versionId)]);
  else await writeState(storage, recordKey(publication, versionId), { ...record, dropped });
  // Somebody who came meanwhile may have written one of these again: the claim stays, and all is written anew.
  const after = await readPublishState(storage, publication);
  if (after.claims.length === 1) await storage.delete([own]);
  else await writeState(storage, own, { ...claim, yielded: true });
  return keys;
}
