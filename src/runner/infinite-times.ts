import { errorDiagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { ManifestNode } from '../ir/manifest.js';
import type { EngineConnection } from '../ports/engine.js';
import { printFieldName } from '../schema/column-type.js';
import { quoteIdentifier } from '../util/sql-quote.js';
import { keyList, mostNamed } from './duplicate-keys.js';

/** Throws `DiagnosticError` when rows say that they changed at a time that none can follow, or that all others do. */
export async function refuseInfiniteTimes(
  relation: string,
  column: string,
  key: readonly string[],
  node: ManifestNode,
  connection: EngineConnection,
): Promise<void> {
  const rows = await connection.rows(
    `select ${key.map(quoteIdentifier).join(', ')} from ${relation} where not isfinite(${quoteIdentifier(column)}) order by all limit ${mostNamed}`,
  );
  if (rows.length === 0) return;
  const name = printFieldName(column);
  const list = keyList(rows.map((row) => Object.values(row)));
  const message = `${node.name} gets rows whose ${column} is infinite, which is no moment to begin a record at: ${key.join(', ')} ${list}.`;
  const hint = `leave them out in the query, or give them no time: \`case when isfinite(${name}) then ${name} end\``;
  const span = node.configSpans?.updated_at;
  throw new DiagnosticError([errorDiagnostic('run/infinite-time', message, { hint, ...(span && { span }) })]);
}
