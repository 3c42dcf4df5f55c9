import type { Column, TableSchema } from '../schema/table-schema.js';
import { quoteIdentifier } from '../util/sql-quote.js';

/** One column on both sides, with the names that the comparison gives it, which no column of a person can take. */
export interface ComparedColumn {
  readonly from: Column;
  readonly to: Column;
  readonly alias: string;
}

/** The columns that both sides have, in the order of the new side; letter case does not matter, as in DuckDB. */
export function comparedColumns(from: TableSchema, to: TableSchema): readonly ComparedColumn[] {
  const before = new Map(from.columns.map((column) => [column.name.toLowerCase(), column]));
  return to.columns.flatMap((column, i) => {
    const old = before.get(column.name.toLowerCase());
    return old ? [{ from: old, to: column, alias: `c${i}` }] : [];
  });
}

/** A select list of one side under common names and types; what does not fit the new type becomes NULL. */
export function sideColumns(columns: readonly ComparedColumn[], side: 'from' | 'to'): string {
  return columns
    .map(({ from, to, alias }) => {
      if (side === 'to') return `${quoteIdentifier(to.name)} as ${alias}`;
      const old = quoteIdentifier(from.name);
      if (from.type === to.type) return `${old} as ${alias}`;
      return `try_cast(${old} as ${to.type}) as ${alias}, (${old} is not null and try_cast(${old} as ${to.type}) is null) as ${alias}_lost`;
    })
    .join(', ');
}

/** Whether a column differs between the rows `o` and `n`. */
export function differs({ from, to, alias }: ComparedColumn): string {
  const distinct = `o.${alias} is distinct from n.${alias}`;
  return from.type === to.type ? distinct : `(${distinct} or o.${alias}_lost)`;
}
