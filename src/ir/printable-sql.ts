import type { Segment } from './expanded-model.js';

/** SQL and where it came from; without segments it is as somebody wrote it. */
export interface WrittenSql {
  readonly sql: string;
  readonly segments?: readonly Pick<Segment, 'hidden'>[] | undefined;
}

/** Expanded SQL with values of environment variables masked, character for character, so that offsets stay true. */
export function printableSql(model: WrittenSql): string {
  let { sql } = model;
  for (const [start, end] of hiddenIn(model)) {
    sql = sql.slice(0, start) + '*'.repeat(end - start) + sql.slice(end);
  }
  return sql;
}

/** What the engine says of such SQL, with the same values masked. Very short ones stand in any text. */
export function printableMessage(message: string, models: readonly WrittenSql[]): string {
  let shown = message;
  for (const model of models) {
    for (const [start, end] of hiddenIn(model)) {
      const value = model.sql.slice(start, end).replaceAll("''", "'");
      if (value.length >= 4) shown = shown.replaceAll(value, '***');
    }
  }
  return shown;
}

/** A node or data test as it may be shown. */
export function printable<T extends Partial<WrittenSql> & { readonly incremental?: WrittenSql }>(written: T) {
  const { segments, incremental, ...shown } = written;
  return {
    ...shown,
    ...(shown.sql !== undefined && { sql: printableSql({ sql: shown.sql, segments }) }),
    ...(incremental && { incremental: { sql: printableSql(incremental) } }),
  };
}

function hiddenIn({ segments = [] }: WrittenSql): readonly (readonly [number, number])[] {
  return segments.flatMap(({ hidden = [] }) => hidden);
}
