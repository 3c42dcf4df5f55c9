import { errorDiagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import { EngineError } from '../ports/engine.js';

/** An error of the engine as a diagnostic that points into the query; anything else as it is. */
export function explainQuery(thrown: unknown, sql: string): unknown {
  if (!(thrown instanceof EngineError)) return thrown;
  const { candidates, sql: statement, offset: offsetInStatement } = thrown.details;
  // The engine counts in the statement that was run, of which the query may be a part.
  const queryStart = statement?.indexOf(sql.replace(/[;\s]+$/, '')) ?? -1;
  const offset = offsetInStatement === undefined || queryStart < 0 ? -1 : offsetInStatement - queryStart;
  const word = /^\w+/.exec(sql.slice(Math.max(offset, 0)))?.[0] ?? ' ';
  const excerpt = { title: 'the query', text: sql, start: offset, end: offset + word.length };
  const quoted = candidates?.map((candidate) => `"${candidate}"`).join(' or ');
  return new DiagnosticError(
    [
      errorDiagnostic('query/failed', thrown.message, {
        ...(offset >= 0 && offset < sql.length && { excerpt }),
        ...(quoted && { hint: `did you mean ${quoted}?` }),
      }),
    ],
    { cause: thrown },
  );
}
