import type { DiagnosticCode } from './codes.js';
import type { Span } from './span.js';

export type Severity = 'error' | 'warning';

/** A further place or fact that explains a diagnostic, such as one frame of a macro call stack. */
export interface Note {
  readonly message: string;
  readonly span?: Span;
}

/** Text that no person wrote (expanded SQL), shown with a caret below the frame of the file itself. */
export interface Excerpt {
  readonly title: string;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** One thing that is wrong, where, why, and what to do about it. Plain data: any reporter can show it. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  readonly message: string;
  readonly span?: Span;
  readonly hint?: string;
  readonly notes?: readonly Note[];
  readonly excerpt?: Excerpt;
}

/** What a parsing or compiling function returns: all that could be made, and all that is wrong. */
export interface Outcome<T> {
  readonly value: T;
  readonly diagnostics: readonly Diagnostic[];
}

type Details = Omit<Diagnostic, 'code' | 'severity' | 'message'>;

/** Makes a diagnostic of severity `error`. */
export function errorDiagnostic(code: DiagnosticCode, message: string, details: Details = {}): Diagnostic {
  return { code, severity: 'error', message, ...details };
}

/** Makes a diagnostic of severity `warning`. */
export function warningDiagnostic(code: DiagnosticCode, message: string, details: Details = {}): Diagnostic {
  return { code, severity: 'warning', message, ...details };
}

/** Orders diagnostics by file and place; those without one come first. */
export function byPlace({ span: a }: Diagnostic, { span: b }: Diagnostic): number {
  const [left, right] = [a?.file ?? '', b?.file ?? ''];
  if (left !== right) return left < right ? -1 : 1;
  return (a?.start.offset ?? 0) - (b?.start.offset ?? 0);
}

/** True when any diagnostic is an error. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((d) => d.severity === 'error');
}
