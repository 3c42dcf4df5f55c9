import type { DiagnosticCode } from '../diagnostics/codes.js';

/** A mistake of the person who wrote the expression or macro, with the code that its diagnostic carries. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';

  constructor(
    readonly code: DiagnosticCode,
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }
}

/** Thrown through a macro that asks for columns which are not known yet: the model is expanded again once they are. */
export class SchemaNeeded extends Error {
  override readonly name = 'SchemaNeeded';

  constructor(readonly relation: string) {
    super(`The columns of ${relation} are not known yet.`);
  }
}

/** Name of the error that is thrown where code uses a file that does not parse; that file is reported already. */
export const brokenModuleError = 'BrokenModule';

export function isBecauseOfBrokenFile(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === brokenModuleError;
}
