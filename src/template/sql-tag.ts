import { isOperationNodeSource, sql as kyselySql } from 'kysely';
import { sqlLiteral } from './sql-literal.js';

function checkedTag(strings: TemplateStringsArray, ...values: unknown[]) {
  // Checked here and not when the SQL is put together, so that the error's stack names the macro's line.
  for (const value of values) if (!isOperationNodeSource(value)) sqlLiteral(value);
  return kyselySql(strings, ...values);
}

/**
 * Kysely's `sql` tag: fragments and tables are spliced, any other value becomes a quoted literal, never SQL.
 *
 * ```ts
 * export const centsToDollars = (column: string) => sql<number>`(${sql.ref(column)} / 100)::DECIMAL(18, 2)`;
 * ```
 */
export const sql: typeof kyselySql = Object.assign(checkedTag as typeof kyselySql, kyselySql);
