import type { ManifestNode } from '../ir/manifest.js';
import { quoteIdentifier } from '../util/sql-quote.js';

/** A SELECT with every column of the table: those that its query no longer has are NULL. */
export function fillColumns({ config, schema }: ManifestNode, sql: string): string {
  const policy = config.options.on_schema_change;
  if (policy !== 'ignore' && policy !== 'append_new_columns') return sql;
  const nulls = schema.columns.map(({ name, type }) => `cast(null as ${type}) as ${quoteIdentifier(name)}`);
  return `select ${nulls.join(', ')} where false union all by name (${sql}\n)`;
}
