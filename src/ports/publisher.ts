import type { DataFile, TableVersion } from '../ir/table-version.js';
import type { TableSchema } from '../schema/table-schema.js';
import type { Storage } from './storage.js';

/** What a publisher is given to work with. */
export interface PublishContext {
  readonly storage: Storage;
  /** Names who publishes; no two at work at once may have the same. */
  readonly runId: string;
  /** The version that the lake now has of a table, asked anew each time; undefined when it has none. */
  readonly current: (table: string) => Promise<TableVersion | undefined>;
  /** Writes one local file with the rows of these files (none: no rows) and this schema; the caller may move it. */
  readonly merge: (schema: TableSchema, files: readonly DataFile[]) => Promise<string>;
  readonly now: () => Date;
}

/** What publishing one table did. */
export interface PublishedTable {
  readonly table: string;
  /** Version that the published files now show; null when the table was taken back. */
  readonly versionId: string | null;
  /** Objects written, those of dropped partitions included. */
  readonly writtenCount: number;
  /** False when another publisher of this table was at work, which will finish it. */
  readonly finished: boolean;
}

/** Projects committed table versions to where other tools read them. Idempotent: running it again finishes it. */
export interface Publisher {
  readonly name: string;
  /**
   * Tables whose projection is not what the lake has: not begun, cut off, or to be taken back. Cheap: one list.
   * `published` are the current versions of all tables that are published.
   */
  pending(published: readonly TableVersion[], storage: Storage): Promise<readonly string[]>;
  /** Makes the projection show what the lake has; takes it back when the table is gone or no longer published. */
  publish(table: string, context: PublishContext): Promise<PublishedTable>;
  /** Removes what was dropped before `before`, and returns the keys; `dryRun` only returns them. */
  vacuum(context: PublishContext, before: Date, dryRun: boolean): Promise<readonly string[]>;
}
