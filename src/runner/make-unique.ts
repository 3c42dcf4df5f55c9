import type { ManifestNode } from '../ir/manifest.js';
import type { EngineConnection } from '../ports/engine.js';
import type { RowMatch } from '../ports/materialization.js';
import { quoteIdentifier } from '../util/sql-quote.js';
import { duplicateKey, findDoubles } from './duplicate-keys.js';

/**
 * Leaves one row a key in the table `rows`: the greatest of those that the match tells apart, and one of those that
 * are the same. Returns how many these are. Throws `DiagnosticError` where several of one key are left.
 */
export async function makeUnique(
  rows: string,
  { columns, orderBy, arrival }: RowMatch & { readonly by: 'key' },
  node: ManifestNode,
  connection: EngineConnection,
): Promise<number> {
  const key = columns.map(quoteIdentifier).join(', ');
  const count = async () => {
    const keys = `(select count(*) from (select 1 from ${rows} group by ${key}))`;
    const [row] = await connection.rows(`select count(*) as "rows", ${keys} as "keys" from ${rows}`);
    return { rowCount: Number(row!.rows), keyCount: Number(row!.keys) };
  };
  let counted = await count();
  const order = [...orderBy, ...(arrival === undefined ? [] : [arrival])];
  if (counted.keyCount < counted.rowCount && order.length > 0) {
    const by = order.map((name) => `${quoteIdentifier(name)} desc nulls last`).join(', ');
    const greatest = quoteIdentifier('greatest rows');
    await connection.run(
      `create or replace temp table ${greatest} as select ${orderBy.length > 0 ? 'distinct' : ''} * from
         (from ${rows} qualify rank() over (partition by ${key} order by ${by}) = 1);
       drop table ${rows}; alter table ${greatest} rename to ${rows}`,
    );
    counted = await count();
  }
  if (counted.keyCount === counted.rowCount) return counted.rowCount;
  const doubles = await findDoubles(rows, columns, connection);
  throw duplicateKey(node, columns, doubles, hintFor(node, columns, orderBy));
}

function hintFor(node: ManifestNode, key: readonly string[], orderBy: readonly string[]): string {
  if (node.kind === 'source') return sourceHint(orderBy, timeColumn(node, key));
  if (node.config.materialized === 'snapshot')
    return 'its history holds a record that no later one can follow: begin another history in a model with another name';
  return modelHint(orderBy, timeColumn(node, key));
}

/** A column that may say which row is the latest. */
function timeColumn({ schema }: ManifestNode, key: readonly string[]): string | undefined {
  const keyNames = new Set(key.map((name) => name.toLowerCase()));
  const times = schema.columns.filter(
    ({ name, type }) => /^(DATE|TIMESTAMP)/.test(type) && !keyNames.has(name.toLowerCase()),
  );
  return (times.find(({ name }) => /^updated/i.test(name)) ?? times[0])?.name;
}

const greatest = 'the column by which it is the greatest';

function modelHint(orderBy: readonly string[], time: string | undefined): string {
  if (orderBy.length > 0)
    return `order_by (${orderBy.join(', ')}) does not say which of them stays: add a column to it`;
  const example = time === undefined ? `\`order_by\`, ${greatest}` : `\`order_by: [${time}]\``;
  return `make them unique in the query, or say which row stays with ${example}`;
}

function sourceHint(orderBy: readonly string[], time: string | undefined): string {
  const rest = 'add columns to `primary_key` until it tells rows apart';
  if (orderBy.length > 0)
    return `their \`cursor\` (${orderBy.join(', ')}) is the same too: choose one that says which of them stays, or ${rest}`;
  const example = time === undefined ? `a \`cursor\`, ${greatest}` : `\`cursor: ${time}\``;
  return `say which row stays with ${example}, or ${rest}`;
}
