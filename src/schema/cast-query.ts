import { quoteIdentifier } from '../util/sql-quote.js';
import { withoutEnd } from '../util/without-end.js';

/** A column of a query, and the type that it is cast to, where it is. */
export interface CastColumn {
  readonly name: string;
  readonly castTo?: string | undefined;
}

/** A query of another query's rows, with some of its columns cast. The names of columns stay, repeated ones too. */
export function castQuery(sql: string, columns: readonly CastColumn[]): string {
  const isUnique = new Set(columns.map(({ name }) => name.toLowerCase())).size === columns.length;
  const aliases = columns.map(({ name }, i) => quoteIdentifier(isUnique ? name : `c${i}`));
  const list = columns.map(({ name, castTo }, i) => {
    const value = castTo === undefined ? aliases[i] : `cast(${aliases[i]} as ${castTo})`;
    return `${value} as ${quoteIdentifier(name)}`;
  });
  return `select ${list.join(', ')} from (\n${withoutEnd(sql)}\n) as t(${aliases.join(', ')})`;
}
