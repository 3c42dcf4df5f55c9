import type { Publication } from '../ports/publisher.js';
import type { Storage } from '../ports/storage.js';
import type { TableSchema } from '../schema/table-schema.js';
import { hash } from '../util/hash.js';
import { type HostProcess, isDeadProcess } from '../util/host-process.js';
import { mapConcurrently } from '../util/map-concurrently.js';
import { tableFolder } from '../util/table-folder.js';

const prefix = '_etl/published/';
const longestClaimMs = 3_600_000;

/** What a published folder holds, written when it is all there. */
export interface PublishRecord {
  readonly format: 1;
  readonly publication: Publication;
  /** Null after the table was taken back. */
  readonly versionId: string | null;
  readonly schema: TableSchema;
  /** What each published object was made of, by key. */
  readonly partitions: Readonly<Record<string, string>>;
  /** Objects without rows that stand for dropped partitions, with the time (ISO 8601, UTC) they were dropped. */
  readonly dropped: Readonly<Record<string, string>>;
}

/** Says that somebody changes the folder: until it is gone, nobody can rely on what the record says. */
export interface PublishClaim {
  readonly format: 1;
  readonly publication: Publication;
  readonly runId: string;
  readonly versionId: string | null;
  readonly schema?: TableSchema;
  readonly process: HostProcess;
  /** ISO 8601, UTC. */
  readonly claimedAt: string;
  /** Whoever else has a claim completes the work. */
  readonly yielded: boolean;
}

export interface PublishState {
  /** Only where exactly one record and no claim is there. */
  readonly settled: PublishRecord | undefined;
  readonly records: readonly PublishRecord[];
  readonly claims: readonly PublishClaim[];
  /** Whether anything was ever noted, be it unreadable: only then may files be in the folder. */
  readonly isKnown: boolean;
}

/** The folder of a publication's records; the ones of a table at several places differ. */
export function stateFolder({ table, to, path }: Publication): string {
  const place = to === undefined && path === undefined ? '' : `@${hash(to ?? '', path ?? '')}`;
  return tableFolder(table) + place;
}

export function recordKey(publication: Publication, versionId: string | null): string {
  return `${prefix}${stateFolder(publication)}/${versionId ?? 'none'}.done.json`;
}

export function claimKey(publication: Publication, runId: string): string {
  return `${prefix}${stateFolder(publication)}/${runId}.claim.json`;
}

export async function readPublishState(storage: Storage, publication: Publication): Promise<PublishState> {
  const keys = await keysUnder(storage, `${prefix}${stateFolder(publication)}/`);
  const read = async <T>(ending: string): Promise<T[]> => {
    const wanted = keys.filter((key) => key.endsWith(ending));
    return (await mapConcurrently(wanted, 8, (key) => readJson<T>(storage, key))).filter(
      (v) => v !== undefined,
    );
  };
  const records = await read<PublishRecord>('.done.json');
  const claims = await read<PublishClaim>('.claim.json');
  const settled = claims.length === 0 && records.length === 1 ? records[0] : undefined;
  return { settled, records, claims, isKnown: keys.length > 0 };
}

/** Of a publisher on another machine only the time says that it must have died. */
export function isAtWork(claim: PublishClaim, now: Date): boolean {
  const ageMs = now.getTime() - new Date(claim.claimedAt).getTime();
  return !claim.yielded && ageMs < longestClaimMs && !isDeadProcess(claim.process);
}

/** What the keys alone say of one publication. */
export interface ListedState {
  readonly recordIds: readonly string[];
  readonly claimed: boolean;
  /** Of any of its records or claims. */
  readonly key: string;
}

/** Everything that was ever published, by its folder of records: one list. */
export async function listPublishStates(storage: Storage): Promise<ReadonlyMap<string, ListedState>> {
  const states = new Map<string, { recordIds: string[]; claimed: boolean; key: string }>();
  for (const key of await keysUnder(storage, prefix)) {
    const [folder = '', file = ''] = key.slice(prefix.length).split('/');
    const state = states.get(folder) ?? { recordIds: [], claimed: false, key };
    states.set(folder, state);
    if (file.endsWith('.done.json')) state.recordIds.push(file.slice(0, -'.done.json'.length));
    else state.claimed = true;
  }
  return states;
}

/** Where these tables are published, or, where they were taken back, had been. */
export async function recordedPublications(
  tables: ReadonlySet<string>,
  storage: Storage,
): Promise<readonly { readonly publication: Publication; readonly isLive: boolean }[]> {
  const folders = new Set([...tables].map(tableFolder));
  const states = [...(await listPublishStates(storage))];
  const found = states.filter(([folder]) => folders.has(folder.split('@')[0]!));
  const recorded = await mapConcurrently(found, 8, async ([, { recordIds, claimed, key }]) => {
    const publication = await publicationOf(storage, key);
    const isLive = claimed || recordIds.join() !== 'none';
    return publication ? [{ publication, isLive }] : [];
  });
  return recorded.flat();
}

/** Forgets a publication whose folder belongs to another one now. */
export async function forgetPublication(
  storage: Storage,
  { records, claims }: Pick<PublishState, 'records' | 'claims'>,
): Promise<void> {
  await storage.delete([
    ...records.map(({ publication, versionId }) => recordKey(publication, versionId)),
    ...claims.map(({ publication, runId }) => claimKey(publication, runId)),
  ]);
}

/** What a record or claim is about. */
export async function publicationOf(storage: Storage, key: string): Promise<Publication | undefined> {
  return (await readJson<PublishRecord | PublishClaim>(storage, key))?.publication;
}

export async function writeState(
  storage: Storage,
  key: string,
  state: PublishRecord | PublishClaim,
): Promise<void> {
  await storage.write(key, Buffer.from(`${JSON.stringify(state)}\n`));
}

async function keysUnder(storage: Storage, folder: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of storage.list(folder)) keys.push(key);
  return keys;
}

/** Undefined for what is gone or no JSON: the folder then is published anew, which is always right. */
async function readJson<T>(storage: Storage, key: string): Promise<T | undefined> {
  const bytes = await storage.read(key);
  try {
    return bytes && (JSON.parse(Buffer.from(bytes).toString('utf8')) as T);
  } catch {
    return undefined;
  }
}
