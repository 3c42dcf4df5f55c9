import { displayWidth, graphemes, printable } from '../util/display-width.js';

/** One line of source with a marker below the place; both fit the width. */
export interface CodeFrame {
  readonly code: string;
  readonly marker: string;
}

interface Place {
  readonly line: number;
  readonly column: number;
}

interface Cell {
  readonly text: string;
  /** UTF-16 offsets in the line. */
  readonly offset: number;
  readonly end: number;
  /** Display column, from 0. */
  readonly at: number;
  readonly width: number;
}

const tabWidth = 4;
/** Of a very long line, such as minified JSON, only this many characters around the place are looked at. */
const reach = 2000;

/**
 * Shows where in `text` something is wrong: the line, and `~~~` below the place (`^` when it is empty).
 * Tabs, wide and invisible characters keep the marker aligned; a line longer than `width` columns is cut
 * around the place. A place over several lines is marked to the end of its first.
 *
 * @returns undefined when the text has no such line
 */
export function codeFrame(
  text: string,
  start: Place,
  end: Place,
  options: { readonly width: number; readonly unicode: boolean },
): CodeFrame | undefined {
  const line = lineOf(text, start.line);
  if (line === undefined) return undefined;
  const from = Math.min(start.column - 1, line.length);
  const to = end.line > start.line ? line.length : Math.min(end.column - 1, line.length);
  const cells = toCells(line, Math.max(0, from - reach), from + reach);
  const total = endOf(cells.at(-1));
  const markerStart = cells.find((cell) => cell.end > from)?.at ?? total;
  const markerEnd = to > from ? endOf(cells.findLast((cell) => cell.offset < to)) : markerStart;
  return cut(cells, total, markerStart, markerEnd, options);
}

function lineOf(text: string, number: number): string | undefined {
  let start = 0;
  for (let line = 1; line < number; line++) {
    start = text.indexOf('\n', start) + 1;
    if (start === 0) return undefined;
  }
  const end = text.indexOf('\n', start);
  return text.slice(start, end < 0 ? text.length : end).replace(/\r$/, '');
}

function endOf(cell: Cell | undefined): number {
  return cell ? cell.at + cell.width : 0;
}

function toCells(line: string, from: number, to: number): readonly Cell[] {
  const cells: Cell[] = [];
  let offset = from;
  let at = 0;
  for (const character of graphemes(line.slice(from, to))) {
    const text = character === '\t' ? ' '.repeat(tabWidth - (at % tabWidth)) : printable(character);
    const width = displayWidth(text);
    cells.push({ text, offset, end: offset + character.length, at, width });
    offset += character.length;
    at += width;
  }
  return cells;
}

function cut(
  cells: readonly Cell[],
  total: number,
  markerStart: number,
  markerEnd: number,
  { width, unicode }: { width: number; unicode: boolean },
): CodeFrame {
  const ellipsis = unicode ? '…' : '...';
  const mark = markerEnd > markerStart ? '~' : '^';
  if (total <= width) {
    const length = Math.max(1, markerEnd - markerStart);
    return {
      code: cells.map((cell) => cell.text).join(''),
      marker: ' '.repeat(markerStart) + mark.repeat(length),
    };
  }
  // A third of the line before the place, unless all behind it fits anyway.
  const left = Math.max(0, Math.min(markerStart - Math.floor(width / 3), total - width));
  const inner = { from: left === 0 ? 0 : left + ellipsis.length, to: left + width };
  if (inner.to < total) inner.to -= ellipsis.length;
  const shown = cells.filter((cell) => cell.at >= inner.from && cell.at + cell.width <= inner.to);
  const offset = shown[0]?.at ?? 0;
  const lead = left === 0 ? '' : ellipsis;
  const shownEnd = endOf(shown.at(-1));
  const length = Math.max(1, Math.min(markerEnd, shownEnd) - markerStart);
  return {
    code: lead + shown.map((cell) => cell.text).join('') + (shownEnd < total ? ellipsis : ''),
    marker: ' '.repeat(lead.length + markerStart - offset) + mark.repeat(length),
  };
}
