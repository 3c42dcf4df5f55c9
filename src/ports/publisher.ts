import type { DataFile, TableVersion } from '../ir/table-version.js';
import type { TableSchema } from '../schema/table-schema.js';
import type { Storage } from './storage.js';

/** One table at one place. */
export interface Publication {
  readonly table: string;
  /** Another bucket or folder, such as `s3://marts/public`. Default: the lake itself. */
  readonly to?: string;
  /** Folder inside that place. Default: the table's name. */
  readonly path?: string;
  /** Published files that are there before the first time are taken for earlier ones of the table, whoever wrote them. */
  readonly overwrite?: true;
}

/** What a publisher is given to work with. */
export interface PublishContext {
  /** Of the lake. */
  readonly storage: Storage;
  /** Opens what a publication names with `to`. */
  readonly openPlace: (to: string) => Promise<Storage>;
  /** Names who publishes; no two at work at once may have the same. */
  readonly runId: string;
  /** The version that a publication should show, asked anew each time; undefined when it should be taken back. */
  readonly current: (publication: Publication) => Promise<TableVersion | undefined>;
  /** Whether another publication has the folder now, so that what is in it is not this one's to take back. */
  readonly isTaken: (publication: Publication) => Promise<boolean>;
  /** Writes one local file with the rows of these files (none: no rows) and this schema; the caller may move it. */
  readonly merge: (schema: TableSchema, files: readonly DataFile[]) => Promise<string>;
  /** Makes a folder for files that go away when publishing ends; the same one each time. */
  readonly tempDir: () => Promise<string>;
  readonly now: () => Date;
  /** Whether folders are looked at for files that somebody took away. Default: what was written is believed to be there. */
  readonly looksForLost?: boolean;
}

/** What publishing one table did. */
export interface PublishedTable extends Publication {
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
   * Publications that do not show what they should: not begun, cut off, or to be taken back. Cheap: one list.
   * `wanted` are all there should be, with the versions to show.
   */
  pending(
    wanted: readonly (readonly [Publication, TableVersion])[],
    storage: Storage,
  ): Promise<readonly Publication[]>;
  /** Where these tables are published, or were last. */
  recorded(
    tables: ReadonlySet<string>,
    storage: Storage,
  ): Promise<readonly { readonly publication: Publication; readonly isLive: boolean }[]>;
  /** Makes a publication show what it should; takes it back when it should not be there. */
  publish(publication: Publication, context: PublishContext): Promise<PublishedTable>;
  /** Removes what was dropped before `before`, and returns the keys; `dryRun` only returns them. */
  vacuum(context: PublishContext, before: Date, dryRun: boolean): Promise<readonly string[]>;
}
