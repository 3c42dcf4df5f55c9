import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import type { EngineError } from '../ports/engine.js';

/** What is said when the SQL that a project runs on every connection fails. */
export function initError({ message }: EngineError, span?: Span): Diagnostic {
  return errorDiagnostic('project/invalid-value', `engine.init does not run: ${message.trim()}`, {
    ...(span && { span }),
    hint: 'mend engine.init in etl.yml; it is run on every connection',
  });
}
