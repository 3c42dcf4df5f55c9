import type { Publication } from '../ports/publisher.js';
import type { Storage } from '../ports/storage.js';
import { checkStorageKey } from '../util/storage-key.js';
import { publishedFolder } from './hive-path.js';

/** Where a publication lies, opened. */
export interface Place {
  readonly storage: Storage;
  readonly folder: string;
}

/** The folder of a publication inside the place that it is published to. */
export function folderOf({ table, path }: Publication): string {
  return path ?? publishedFolder(table);
}

/** The address of what a publication's folder lies in, which is the lake where it names nothing else. */
export function placeOf({ to }: Publication, lake: string): string {
  return (to ?? lake).replace(/^file:\/\//, '').replace(/\/+$/, '');
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
 * The folders that are taken. Two publications share files where their folders are the same, or one lies inside the
 * other, whose readers would find both.
 */
export class TakenPlaces {
  readonly #taken = new Map<string, Publication>();
  /** By every folder around one that is taken. */
  readonly #within = new Map<string, Publication>();

  /** `lake` is where those lie that name no other place. */
  constructor(private readonly lake: string) {}

  /** The publication that shares files with this one. */
  find(publication: Publication): Publication | undefined {
    const [own, ...around] = this.#foldersOf(publication);
    const inside = this.#within.get(own!);
    return inside ?? [own!, ...around].map((folder) => this.#taken.get(folder)).find(Boolean);
  }

  add(publication: Publication): void {
    const [own, ...around] = this.#foldersOf(publication);
    this.#taken.set(own!, publication);
    for (const folder of around) this.#within.set(folder, publication);
  }

  /** Its folder and those around it. Case counts for nothing, as on some disks. */
  #foldersOf(publication: Publication): readonly string[] {
    const place = placeOf(publication, this.lake);
    const parts = `${place}/${folderOf(publication)}`.toLowerCase().split('/');
    return parts.map((_, i) => parts.slice(0, parts.length - i).join('/'));
  }
}
