import { readMessage } from '../compiler/engine-message.js';
import { errorDiagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import { printableMessage, printableSql, type WrittenSql } from '../ir/printable-sql.js';
import { EngineError } from '../ports/engine.js';
import { nearest } from '../util/nearest.js';
import { withoutEnd } from '../util/without-end.js';

/**
 * An error of the engine as a diagnostic that points into the query; anything else as it is. `absent` says what to
 * do about a table that the engine does not know.
 */
export function explainQuery(
  thrown: unknown,
  { sql, segments }: WrittenSql,
  absent: (name: string) => string | undefined = () => undefined,
): unknown {
  if (!(thrown instanceof EngineError)) return thrown;
  const { subject, entryType, exceptionType, sql: statement, offset: offsetInStatement } = thrown.details;
  // The engine's own tables are no help.
  const candidates = thrown.details.candidates?.filter((name) => !/^(pg|duckdb|sqlite)_/.test(name)) ?? [];
  // The engine counts in the statement that was run, of which the query may be a part.
  const queryStart = statement?.indexOf(withoutEnd(sql)) ?? -1;
  const offset = offsetInStatement === undefined || queryStart < 0 ? -1 : offsetInStatement - queryStart;
  const [path = ' ', word = ' '] = /^(\w+)(?:\.\w+)*/.exec(sql.slice(Math.max(offset, 0))) ?? [];
  const excerpt = {
    title: 'the query',
    text: printableSql({ sql, segments }),
    start: offset,
    end: offset + word.length,
  };
  const name = subject ?? word;
  const near = nearest(name, candidates);
  const likely = near === undefined ? candidates : [near];
  const quoted = likely.map((candidate) => `"${candidate}"`).join(', ');
  // Of a table in a schema that is not there either, it does not say that a table is missing.
  const isTable = entryType === 'Table' || (exceptionType === 'Catalog' && entryType === undefined);
  // Of all tables it names one, whichever.
  const offers = isTable ? '' : quoted && `there are ${quoted}`;
  const candidateHint = near === undefined ? offers : `did you mean ${quoted}?`;
  const hint = (isTable && absent(path.includes('.') ? path : name)) || candidateHint;
  const message = printableMessage(readMessage(thrown.message).message, [{ sql, segments }]);
  return new DiagnosticError(
    [
      errorDiagnostic('query/failed', message, {
        ...(offset >= 0 && offset < sql.length && { excerpt }),
        ...(hint && { hint }),
      }),
    ],
    { cause: thrown },
  );
}
