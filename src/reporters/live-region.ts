import { stripVTControlCharacters } from 'node:util';
import { displayWidth } from '../util/display-width.js';
import type { TextOutput } from './reporter-options.js';

const hideCursor = '\x1b[?25l';
const showCursor = '\x1b[?25h';
const clearLineAndBelow = '\r\x1b[J';

/** Lines at the bottom of a terminal that are replaced in place. */
export class LiveRegion {
  #widths: readonly number[] = [];

  constructor(private readonly terminal: TextOutput) {}

  /** Replaces what the region shows. */
  draw(lines: readonly string[]): void {
    this.terminal.write(`${hideCursor}${this.#erase()}${lines.join('\n')}`);
    this.#widths = lines.map((line) => displayWidth(stripVTControlCharacters(line)));
  }

  /** Removes the region, so that ordinary text can be written where it stood. */
  clear(): void {
    if (this.#widths.length === 0) return;
    this.terminal.write(`${this.#erase()}${showCursor}`);
    this.#widths = [];
  }

  #erase(): string {
    if (this.#widths.length === 0) return '';
    // A terminal made narrower has wrapped the lines since.
    const columns = Math.max(1, this.terminal.columns ?? 80);
    const rows = this.#widths.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0);
    return `${rows > 1 ? `\x1b[${rows - 1}A` : ''}${clearLineAndBelow}`;
  }
}
