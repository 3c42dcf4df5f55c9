import type { NodeConfig } from '../ir/project.js';

/** Says of a record that it stands for a row that is gone: added where `hard_deletes` is `new_record`. */
export const deletedColumn = 'is_deleted';

export function keepsDeletions({ options }: NodeConfig): boolean {
  return options.hard_deletes === 'new_record';
}

/** Names of what a snapshot adds to the columns of its query. */
export function addedNames(config: NodeConfig): ReadonlySet<string> {
  return new Set([
    'valid_from',
    'valid_to',
    'is_current',
    ...(keepsDeletions(config) ? [deletedColumn] : []),
  ]);
}
