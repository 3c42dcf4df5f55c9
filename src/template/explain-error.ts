import { type Diagnostic, errorDiagnostic, type Note } from '../diagnostics/diagnostic.js';
import { LineIndex, type Span } from '../diagnostics/span.js';
import { nearest } from '../util/nearest.js';
import { type CompiledExpression, expressionFile } from './compile-expression.js';
import type { FrameLocator } from './macro-frames.js';
import type { TemplateExpression } from './scan-template.js';
import { stackFrames } from './stack-frames.js';
import { TemplateError } from './template-error.js';

/** The `${…}` that was running when something was thrown. */
export interface ErrorSite {
  readonly file: string;
  readonly text: string;
  readonly expression: TemplateExpression;
  readonly compiled: CompiledExpression;
  /** Names that it could have used. */
  readonly scope: Iterable<string>;
  /** Whether `batch` is a stretch of time. */
  readonly hasBatch: boolean;
  /** Values that must not be shown. */
  readonly secrets: ReadonlySet<string>;
}

/** The diagnostic for what an expression threw: at the exact place where that is in the model, with the macro's stack otherwise. */
export function explainError(thrown: unknown, site: ErrorSite, locate: FrameLocator): Diagnostic {
  const { expression, compiled } = site;
  const lines = new LineIndex(site.text);
  const spanOf = (start: number, end: number) => lines.span(site.file, start, end);
  const whole = spanOf(expression.start, expression.end);
  const { notes, direct } = userFrames(thrown, locate);

  if (thrown instanceof ReferenceError && direct) {
    const unknown = unknownName(thrown, expression);
    if (unknown) {
      const close = nearest(unknown.name, site.scope);
      return errorDiagnostic('template/unknown-name', `There is no macro or value named "${unknown.name}".`, {
        span: spanOf(unknown.start, unknown.start + unknown.name.length),
        hint:
          close === undefined
            ? 'macros are the exported functions of macros/**/*.ts.'
            : `did you mean "${close}"?`,
      });
    }
  }
  const at = direct && expression.codeStart + compiled.offsetOf(direct.line, direct.column);
  if (thrown instanceof TypeError && at !== undefined && !site.hasBatch) {
    const found = batchBefore(site.text.slice(expression.codeStart, at));
    const start = expression.codeStart + (found ?? 0);
    if (found !== undefined) return noBatch(spanOf(start, start + 'batch'.length));
  }
  const message = redact(messageOf(thrown), site.secrets);
  if (thrown instanceof TemplateError) {
    const span = at ? spanOf(at, endOfCall(site.text, at, expression.end - 1)) : whole;
    const hint = thrown.hint;
    return errorDiagnostic(thrown.code, message, {
      span,
      ...(hint && { hint }),
      ...(notes.length && { notes }),
    });
  }
  return errorDiagnostic('template/macro-error', message, { span: whole, ...(notes.length && { notes }) });
}

/** What a TypeScript model threw: at the line of the model that it came through, if there is one. */
export function explainModelError(
  thrown: unknown,
  model: Span,
  locate: FrameLocator,
  secrets: ReadonlySet<string>,
): Diagnostic {
  const frames = userFrames(thrown, locate).notes;
  const own = frames.findIndex((frame) => frame.span?.file === model.file);
  const notes = own < 0 ? frames : frames.slice(0, own);
  const code = thrown instanceof TemplateError ? thrown.code : 'template/macro-error';
  const hint = thrown instanceof TemplateError && thrown.hint;
  return errorDiagnostic(code, redact(messageOf(thrown), secrets), {
    span: frames[own]?.span ?? model,
    ...(hint && { hint }),
    ...(notes.length && { notes }),
  });
}

/** What the top-level code of a macro file or TypeScript model threw. */
export function explainLoadError(
  thrown: unknown,
  locate: FrameLocator,
  secrets: ReadonlySet<string>,
): Diagnostic {
  const [first, ...others] = userFrames(thrown, locate).notes;
  const hint = thrown instanceof TemplateError && thrown.hint;
  return errorDiagnostic('template/macro-load-failed', redact(messageOf(thrown), secrets), {
    ...(first?.span && { span: first.span }),
    ...(hint && { hint }),
    ...(others.length && { notes: others }),
  });
}

/** Frames in the person's macro files, down to the expression; `direct` when the expression itself is the innermost. */
function userFrames(thrown: unknown, locate: FrameLocator) {
  const notes: Note[] = [];
  for (const frame of stackFrames(thrown)) {
    if (frame.file === expressionFile) {
      return { notes, direct: notes.length === 0 ? frame : undefined };
    }
    const found = locate(frame);
    if (found) notes.push(found);
  }
  return { notes, direct: undefined };
}

/** Where code ends by reading something of `batch`, it begins there. */
function batchBefore(code: string): number | undefined {
  return /(?<![.$\w])batch(?=\s*!?\s*[.[]?\s*$)/.exec(code)?.index;
}

function noBatch(span: Span): Diagnostic {
  const message =
    '"batch" has no value here: only models with `strategy: time_range` are built by intervals.';
  const hint = "write moments in its place, such as '2024-01-01T00:00:00Z'";
  return errorDiagnostic('template/macro-error', message, { span, hint });
}

// The engine gives no position for a free name. Its message is only used to tell several candidates apart.
function unknownName(thrown: ReferenceError, expression: TemplateExpression) {
  return expression.identifiers.find(({ name }) => thrown.message.startsWith(`${name} `));
}

function endOfCall(text: string, start: number, limit: number): number {
  const found = /^\.?[\p{ID_Continue}$]+/u.exec(text.slice(start, limit));
  return found ? start + found[0].length : Math.min(start + 1, limit);
}

function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return `Threw ${String(thrown)}`;
  const kind = thrown.name === 'Error' || thrown instanceof TemplateError ? '' : `${thrown.name}: `;
  return `${kind}${thrown.message}`;
}

function redact(message: string, secrets: ReadonlySet<string>): string {
  let shown = message;
  for (const secret of secrets) if (secret.length >= 4) shown = shown.replaceAll(secret, '***');
  return shown;
}
