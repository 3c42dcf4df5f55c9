import { padToWidth, printable, printableLines } from '../util/display-width.js';
import { countOf } from '../util/format-units.js';
import { paint, type TextStyle } from '../util/text-style.js';
import { codeFrame } from './code-frame.js';
import type { Diagnostic } from './diagnostic.js';
import { LineIndex, placeOf, type Span } from './span.js';

/** Text of a file by its path in the project, or undefined when it cannot be read. */
export type ReadSource = (file: string) => string | undefined;

const numberWidth = 5;
/** A line longer than this is cut even where the output is a file. */
const maxFrameWidth = 200;
/** Frames of a call stack that are shown with their code; the others are one line each. */
const framesWithCode = 3;

/**
 * The text of one diagnostic: place and code, message, code frame, notes, excerpt and hint (see the
 * reference of errors). Ends without a line break.
 */
export function renderDiagnostic(diagnostic: Diagnostic, style: TextStyle, readSource: ReadSource): string {
  const { code, severity, message, span, hint, notes = [], excerpt } = diagnostic;
  const place = span ? `${paint(style, 'bold', printable(placeOf(span)))}  ` : '';
  const label =
    severity === 'error' ? paint(style, 'red', code) : paint(style, 'yellow', `${code} (warning)`);
  const lines = [place + label, ...indent(message)];
  const color = severity === 'error' ? 'red' : 'yellow';
  const frameOf = (at: Span) => {
    const text = readSource(at.file);
    return text === undefined ? [] : frameLines(text, at, String(at.start.line), style, color);
  };
  if (span) lines.push(...frameOf(span));
  notes.forEach((note, i) => {
    const [first = '', ...rest] = indent(note.message);
    const at = note.span ? paint(style, 'dim', `  ${printable(placeOf(note.span))}`) : '';
    lines.push(
      `  ${paint(style, 'cyan', 'note:')} ${first.trim()}${at}`,
      ...rest.map((line) => `        ${line}`),
    );
    if (note.span && i < framesWithCode) lines.push(...frameOf(note.span));
  });
  if (excerpt) {
    const index = new LineIndex(excerpt.text);
    lines.push(`  ${paint(style, 'cyan', `${excerpt.title}:`)}`);
    const at = index.span('', excerpt.start, excerpt.end);
    const number = excerpt.text.includes('\n') ? String(at.start.line) : '';
    lines.push(...frameLines(excerpt.text, at, number, style, color));
  }
  if (hint !== undefined) {
    const [first = '', ...rest] = indent(hint);
    lines.push(`  ${paint(style, 'cyan', 'hint:')} ${first.trim()}`, ...rest);
  }
  return lines.join('\n');
}

/** All diagnostics, an empty line between them, and how many there were. Empty text for none. */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  style: TextStyle,
  readSource: ReadSource,
): string {
  if (diagnostics.length === 0) return '';
  const errorCount = diagnostics.filter((d) => d.severity === 'error').length;
  const counts = [
    errorCount > 0 && paint(style, 'red', countOf(errorCount, 'error')),
    errorCount < diagnostics.length &&
      paint(style, 'yellow', countOf(diagnostics.length - errorCount, 'warning')),
  ];
  const texts = diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, style, readSource));
  return `${[...texts, counts.filter(Boolean).join(', ')].join('\n\n')}\n`;
}

function frameLines(
  text: string,
  at: Span,
  lineNumber: string,
  style: TextStyle,
  color: 'red' | 'yellow',
): readonly string[] {
  const bar = style.unicode ? '│' : '|';
  const width = Math.min(maxFrameWidth, Math.max(20, style.width - numberWidth - 3));
  const frame = codeFrame(text, at.start, at.end, { width, unicode: style.unicode });
  if (!frame) return [];
  const number = padToWidth(lineNumber, numberWidth, 'right');
  return [
    `${paint(style, 'dim', `${number} ${bar}`)} ${frame.code}`.trimEnd(),
    `${paint(style, 'dim', `${' '.repeat(numberWidth)} ${bar}`)} ${frame.marker.replace(/[~^]+/, (m) => paint(style, color, m))}`,
  ];
}

function indent(text: string): readonly string[] {
  return printableLines(text.trimEnd()).map((line) => `  ${line}`);
}
