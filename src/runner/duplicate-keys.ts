import { errorDiagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { ManifestNode } from '../ir/manifest.js';
import type { EngineConnection } from '../ports/engine.js';
import { quoteIdentifier } from '../util/sql-quote.js';

type Key = Readonly<Record<string, unknown>>;

/** More are not named in an error. */
export const mostNamed = 5;

/** Keys that several rows of a relation have, the first few. */
export function findDoubles(
  relation: string,
  columns: readonly string[],
  connection: EngineConnection,
): Promise<readonly Key[]> {
  const key = columns.map(quoteIdentifier).join(', ');
  return connection.rows(
    `select ${key}, count(*) as "number of rows" from ${relation} group by ${key} having count(*) > 1 order by all limit ${mostNamed}`,
  );
}

/** The error of a table whose new rows do not say which of them stays. */
export function duplicateKey(
  node: ManifestNode,
  columns: readonly string[],
  doubles: readonly Key[],
  hint: string,
): DiagnosticError {
  const list = keyList(doubles.map((row) => Object.values(row).slice(0, -1)));
  const isSource = node.kind === 'source';
  const gets = isSource ? 'has several rows in one file' : 'gets several rows';
  const message = `${node.name} ${gets} with the same ${columns.join(', ')}: ${list}.`;
  const span = node.configSpans?.[isSource ? 'primary_key' : 'unique_key'];
  return new DiagnosticError([
    errorDiagnostic('run/duplicate-key', message, { hint, ...(span && { span }) }),
  ]);
}

/** The error of a history whose records were told apart by other columns. */
export function entangledKey(node: ManifestNode, key: Key): DiagnosticError {
  const values = Object.values(key).map(valueText).join(', ');
  const message = `${node.name} has records that hold at the same time and have the same ${Object.keys(key).join(', ')}: (${values}).`;
  const hint =
    'they were kept by another `unique_key`: go back to it, or begin another history in a model with another name';
  const span = node.configSpans?.unique_key;
  return new DiagnosticError([
    errorDiagnostic('run/duplicate-key', message, { hint, ...(span && { span }) }),
  ]);
}

/** `(1, a), (2, b), …` */
export function keyList(keys: readonly (readonly unknown[])[]): string {
  const list = keys.map((values) => `(${values.map(valueText).join(', ')})`);
  return [...list, ...(keys.length === mostNamed ? ['…'] : [])].join(', ');
}

function valueText(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
