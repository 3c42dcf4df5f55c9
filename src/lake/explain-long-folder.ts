import { errorDiagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import { type EngineConnection, EngineError } from '../ports/engine.js';
import { longestName } from '../util/longest-name.js';
import { quoteIdentifier } from '../util/sql-quote.js';

const shownCharacters = 60;

/**
 * Where files could not be written because a partition's folder would have too long a name, an error that says so;
 * otherwise the error as it is.
 *
 * @param sql gives the rows that were to be written
 */
export async function explainLongFolder(
  thrown: unknown,
  connection: EngineConnection,
  table: string,
  sql: string,
  partitionBy: readonly string[],
): Promise<unknown> {
  if (!(thrown instanceof EngineError) || thrown.details.exceptionType !== 'IO') return thrown;
  const measures = partitionBy.map((column, i) => {
    const value = `cast(${quoteIdentifier(column)} as varchar)`;
    return `arg_max(${value}, strlen(url_encode(${value}))) as v${i}, max(strlen(url_encode(${value}))) as n${i}`;
  });
  const [longest] = await connection.rows(`select ${measures.join(', ')} from (${sql})`).catch(() => []);
  const i = partitionBy.findIndex(
    (column, n) => encodeURIComponent(column).length + 1 + Number(longest?.[`n${n}`] ?? 0) > longestName,
  );
  if (i < 0) return thrown;
  const value = String(longest![`v${i}`]);
  const shown = value.length > shownCharacters ? `${value.slice(0, shownCharacters)}…` : value;
  return new DiagnosticError(
    [
      errorDiagnostic(
        'run/query-failed',
        `${table} has a value in its partition column "${partitionBy[i]}" that is too long for the name of a folder: ${JSON.stringify(shown)}.`,
        {
          hint: `a folder's name has at most ${longestName} bytes, and most characters that are no letters take three: partition by something shorter, such as left(…, 20) or a date`,
        },
      ),
    ],
    { cause: thrown },
  );
}
