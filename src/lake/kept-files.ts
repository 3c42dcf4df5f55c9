import type { Commit } from '../ir/commit.js';
import type { TableVersion } from '../ir/table-version.js';
import { mapConcurrently } from '../util/map-concurrently.js';
import type { Lake } from './lake.js';
import { tableVersionKey } from './lake-keys.js';

/**
 * Keys of all files that belong to what the lake showed since a time, and to what tables of it will be compared with
 * (`seen` of their ledgers). Only grows, with each look at the log.
 */
export class KeptFiles {
  readonly #keys = new Set<string>();
  #commit: number | undefined;

  constructor(
    private readonly lake: Lake,
    private readonly since: Date,
  ) {}

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  /** Adds what was committed since the last look. */
  async refresh(): Promise<void> {
    const { log } = this.lake;
    if (this.#commit === undefined) {
      const first = await this.#firstKept();
      this.#commit = first;
      const { ids } = await log.stateAt(first);
      await this.#keep([...ids]);
    }
    for (const commit of await log.readFrom(this.#commit + 1)) {
      await this.#keep(versionsOf(commit));
      this.#commit = commit.number;
    }
  }

  /** The lake showed a commit until the next one, so the last one from before counts too. */
  async #firstKept(): Promise<number> {
    for await (const commit of this.lake.log.backward()) {
      if (new Date(commit.createdAt) < this.since) return commit.number;
    }
    return 0;
  }

  async #keep(versions: readonly (readonly [table: string, id: string])[]): Promise<void> {
    const found = await mapConcurrently(versions, 32, ([table, id]) => this.#keepVersion(table, id));
    const seen = found.flatMap((version) => Object.entries(version?.ledger?.seen ?? {}));
    await mapConcurrently(seen, 32, ([table, id]) => this.#keepVersion(table, id));
  }

  async #keepVersion(table: string, id: string): Promise<TableVersion | undefined> {
    this.#keys.add(tableVersionKey(table, id));
    const version = await this.lake.findVersion(table, id);
    for (const file of version?.files ?? []) this.#keys.add(file.path);
    return version;
  }
}

function versionsOf(commit: Commit): (readonly [table: string, id: string])[] {
  return Object.entries(commit.changes).flatMap(([table, id]) => (id === null ? [] : [[table, id] as const]));
}
