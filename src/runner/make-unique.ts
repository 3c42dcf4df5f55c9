import { errorDiagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { ManifestNode } from '../ir/manifest.js';
import type { EngineConnection, EngineRow } from '../ports/engine.js';
import type { RowMatch } from '../ports/materialization.js';
import { quoteIdentifier } from '../util/sql-quote.js';

/**
 * Leaves one row a key in the table `rows`: the greatest of those that the match tells apart, and one of those that
 * are the same. Throws `DiagnosticError` where several are left.
 */
export async function makeUnique(
  rows: string,
  { columns, orderBy, arrival }: RowMatch & { readonly by: 'key' },
  node: ManifestNode,
  connection: EngineConnection,
): Promise<void> {
  const key = columns.map(quoteIdentifier).join(', ');
  const findDoubles = () =>
    connection.rows(
      `select ${key}, count(*) as "number of rows" from ${rows} group by ${key} having count(*) > 1 order by all limit 5`,
    );
  let doubles = await findDoubles();
  const order = [...orderBy, ...(arrival === undefined ? [] : [arrival])];
  if (doubles.length > 0 && order.length > 0) {
    const by = order.map((name) => `${quoteIdentifier(name)} desc nulls last`).join(', ');
    const greatest = quoteIdentifier('greatest rows');
    await connection.run(
      `create or replace temp table ${greatest} as select ${orderBy.length > 0 ? 'distinct' : ''} * from
         (from ${rows} qualify rank() over (partition by ${key} order by ${by}) = 1);
       drop table ${rows}; alter table ${greatest} rename to ${rows}`,
    );
    doubles = await findDoubles();
  }
  if (doubles.length > 0) throw duplicateKey(doubles, columns, orderBy, node);
}

function duplicateKey(
  doubles: readonly EngineRow[],
  columns: readonly string[],
  orderBy: readonly string[],
  node: ManifestNode,
): DiagnosticError {
  const list = doubles
    .map((row) => `(${Object.values(row).slice(0, -1).map(valueText).join(', ')})`)
    .join(', ');
  const more = doubles.length === 5 ? ', …' : '';
  const isSource = node.kind === 'source';
  const gets = isSource ? 'has several rows in one file' : 'gets several rows';
  const what = `${node.name} ${gets} with the same ${columns.join(', ')}: ${list}${more}.`;
  const span = node.configSpans?.[isSource ? 'primary_key' : 'unique_key'];
  const hint = isSource ? sourceHint(orderBy) : modelHint(orderBy);
  return new DiagnosticError([errorDiagnostic('run/duplicate-key', what, { hint, ...(span && { span }) })]);
}

function modelHint(orderBy: readonly string[]): string {
  return orderBy.length === 0
    ? 'make them unique in the query, or say which row stays with `order_by: [updated_at]`'
    : `order_by (${orderBy.join(', ')}) does not say which of them stays: add a column to it`;
}

function sourceHint(orderBy: readonly string[]): string {
  const rest = 'add columns to `primary_key` until it tells rows apart';
  return orderBy.length === 0
    ? `say which row stays with a \`cursor\`, such as \`cursor: updated_at\`, or ${rest}`
    : `their \`cursor\` (${orderBy.join(', ')}) is the same too: choose one that says which of them stays, or ${rest}`;
}

function valueText(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
