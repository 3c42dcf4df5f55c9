import { errorDiagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { EngineConnection } from '../ports/engine.js';
import type { Column } from '../schema/table-schema.js';
import { quoteIdentifier } from '../util/sql-quote.js';

type Key = Readonly<Record<string, unknown>>;

/** More are not named in an error. */
const mostNamed = 5;

/** Keys that several rows of a relation have, the first few. */
export function findDoubles(
  relation: string,
  keys: readonly Column[],
  connection: EngineConnection,
): Promise<readonly Key[]> {
  const key = keys.map((column) => quoteIdentifier(column.name)).join(', ');
  return connection.rows(
    `select ${key}, count(*) as "number of rows" from ${relation} group by ${key} having count(*) > 1 order by all limit ${mostNamed}`,
  );
}

/** The error of a table whose new rows do not say which of them stays. */
export function duplicateKey(
  table: string,
  keys: readonly Column[],
  doubles: readonly Key[],
  hint: string,
): DiagnosticError {
  const names = keys.map((column) => column.name);
  const list = doubles.map((row) => `(${names.map((name) => valueText(row[name])).join(', ')})`).join(', ');
  const more = doubles.length === mostNamed ? ', …' : '';
  const message = `${table} gets several rows with the same ${names.join(', ')}: ${list}${more}.`;
  return new DiagnosticError([errorDiagnostic('run/duplicate-key', message, { hint })]);
}

function valueText(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
