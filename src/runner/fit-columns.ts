import type { ManifestNode } from '../ir/manifest.js';
import type { EngineConnection } from '../ports/engine.js';
import { exactCast } from '../schema/exact-cast.js';
import { quoteIdentifier } from '../util/sql-quote.js';
import { withoutEnd } from '../util/without-end.js';

/**
 * A SELECT with the columns that a table has, out of a query that adds to it and may have others: the query changed,
 * or only its incremental form has them. What it lacks is NULL where `on_schema_change` allows that; a value that a
 * column would not hold as it is fails the query.
 */
export async function fitColumns(
  sql: string,
  { config, schema, incremental }: Pick<ManifestNode, 'config' | 'schema' | 'incremental'>,
  connection: EngineConnection,
): Promise<string> {
  const policy = config.options.on_schema_change;
  const mayLack = policy === 'ignore' || policy === 'append_new_columns';
  // Otherwise the columns are those that this very query was compiled to.
  if (!mayLack && !incremental) return sql;
  const rows = `(${withoutEnd(sql)}\n)`;
  const described = await connection.rows(`describe select * from ${rows}`);
  const typeOf = new Map(
    described.map((row) => [String(row.column_name).toLowerCase(), String(row.column_type)]),
  );
  const columns = schema.columns.flatMap(({ name, type }) => {
    const column = quoteIdentifier(name);
    const from = typeOf.get(name.toLowerCase());
    if (from !== undefined) return `${exactCast(column, from, type, name)} as ${column}`;
    return mayLack ? `cast(null as ${type}) as ${column}` : [];
  });
  return `select ${columns.join(', ')} from ${rows}`;
}
