import type { TableVersion } from '../ir/table-version.js';
import type { Storage } from './storage.js';

/** Projects a committed table version to where other tools read it. Idempotent: running it again finishes it. */
export interface Publisher {
  readonly name: string;
  publish(version: TableVersion, lake: Storage): Promise<void>;
  /** Takes back a table that the project no longer publishes. */
  unpublish(table: string, lake: Storage): Promise<void>;
}
