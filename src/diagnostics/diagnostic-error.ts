import type { Diagnostic } from './diagnostic.js';

/** Thrown where a function cannot return an `Outcome`: the person's mistake or the world's, never ours. */
export class DiagnosticError extends Error {
  override readonly name = 'DiagnosticError';

  constructor(
    readonly diagnostics: readonly Diagnostic[],
    options?: ErrorOptions,
  ) {
    super(diagnostics.map((d) => d.message).join('\n'), options);
  }
}
