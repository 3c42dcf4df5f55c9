import type { Publication } from '../ports/publisher.js';
import { checkStorageKey } from '../util/storage-key.js';
import { publishedFolder } from './hive-path.js';

/** The folder of a publication inside the place that it is published to. */
export function folderOf({ table, path }: Publication): string {
  return path ?? publishedFolder(table);
}

/** Whether a publication's folder may be written to: it stays inside of its place and away from the lake's own files. */
export function hasUsableFolder(publication: Publication): boolean {
  const folder = folderOf(publication);
  if (publication.to === undefined && /^_etl(\/|$)/i.test(folder)) return false;
  try {
    return checkStorageKey(folder) === folder;
  } catch {
    return false;
  }
}

/**
 * Whether two publications share files: their folders are the same, or one lies inside the other, whose readers
 * would find both. `lake` is where those lie that name no other place.
 */
export function areEntangled(one: Publication, other: Publication, lake: string): boolean {
  const [a, b] = [locationOf(one, lake), locationOf(other, lake)];
  return a.startsWith(b) || b.startsWith(a);
}

/** Case counts for nothing, as on some disks. */
function locationOf(publication: Publication, lake: string): string {
  const place = (publication.to ?? lake).replace(/^file:\/\//, '').replace(/\/+$/, '');
  return `${place}/${folderOf(publication)}/`.toLowerCase();
}
