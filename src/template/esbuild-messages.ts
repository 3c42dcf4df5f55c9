import type { Message } from 'esbuild';
import type { DiagnosticCode } from '../diagnostics/codes.js';
import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import { LineIndex } from '../diagnostics/span.js';
import { offsetAt, utf16Column } from './text-position.js';

/** Offsets of what an esbuild message is about, in the text that esbuild was given. */
export function messageRange(message: Message, text: string): { start: number; end: number } | undefined {
  const { location } = message;
  if (!location) return undefined;
  const column = utf16Column(location.lineText, location.column);
  const end = utf16Column(location.lineText, location.column + location.length);
  const start = offsetAt(text, location.line, column + 1);
  return { start, end: Math.min(start + Math.max(1, end - column), text.length) };
}

/** A diagnostic at the place in a file that esbuild complains about. */
export function fileDiagnostic(
  code: DiagnosticCode,
  message: Message,
  textOf: (file: string) => string | undefined,
): Diagnostic {
  const file = message.location?.file;
  const text = file === undefined ? undefined : textOf(file);
  const range = text === undefined ? undefined : messageRange(message, text);
  const hint = message.location?.suggestion || message.notes[0]?.text;
  return errorDiagnostic(code, message.text, {
    ...(range && { span: new LineIndex(text!).span(file!, range.start, range.end) }),
    ...(hint && { hint }),
  });
}
