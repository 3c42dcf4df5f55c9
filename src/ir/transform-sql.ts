import { quoteIdentifier } from '../util/sql-quote.js';

/** The declared column types of a transform's result, by name. */
export type TransformColumns = Readonly<Record<string, string>>;

const end = '\n) limit 0';

/**
 * A query without rows that has a transform's columns and reads its input: with it a transform is bound,
 * ordered and compared like any other model.
 */
export function transformSql(columns: TransformColumns, inputSql: string): string {
  return `${head(columns)}${inputSql}${end}`;
}

/** The query of the input, out of what `transformSql` made. */
export function transformInput(columns: TransformColumns, sql: string): string {
  return sql.slice(head(columns).length, -end.length);
}

function head(columns: TransformColumns): string {
  const list = Object.entries(columns).map(
    ([name, type]) => `cast(null as ${type}) as ${quoteIdentifier(name)}`,
  );
  return `select ${list.join(', ')} from (\n`;
}
