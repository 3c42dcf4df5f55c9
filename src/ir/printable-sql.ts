import type { Segment } from './expanded-model.js';

/** Expanded SQL with values of environment variables masked, character for character, so that offsets stay true. */
export function printableSql(model: {
  readonly sql: string;
  readonly segments?: readonly Segment[] | undefined;
}): string {
  let { sql } = model;
  for (const { hidden } of model.segments ?? []) {
    for (const [start, end] of hidden ?? []) {
      sql = sql.slice(0, start) + '*'.repeat(end - start) + sql.slice(end);
    }
  }
  return sql;
}
