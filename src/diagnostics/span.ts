/** A place in a text: `line` and `column` count from 1, `offset` from 0; columns and offsets in UTF-16 units, as editors do. */
export interface Position {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

/** A stretch of a file that a person wrote; `end` is exclusive. */
export interface Span {
  /** Path relative to the project's root, with forward slashes. */
  readonly file: string;
  readonly start: Position;
  readonly end: Position;
}

/** `file:line:column`, as editors and terminals link it. */
export function placeOf(span: Span): string {
  return `${span.file}:${span.start.line}:${span.start.column}`;
}

/** Line starts of one text, so that many offsets are turned into positions without rescanning it. */
export class LineIndex {
  readonly #starts: number[] = [0];

  constructor(readonly text: string) {
    for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) this.#starts.push(i + 1);
  }

  position(offset: number): Position {
    const at = Math.max(0, Math.min(offset, this.text.length));
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle]! <= at) low = middle;
      else high = middle - 1;
    }
    return { offset: at, line: low + 1, column: at - this.#starts[low]! + 1 };
  }

  span(file: string, start: number, end: number = start): Span {
    return { file, start: this.position(start), end: this.position(end) };
  }
}
