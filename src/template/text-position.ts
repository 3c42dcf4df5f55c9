/** The UTF-16 offset of a line and column, both counted from 1; past the end of the text, its end. */
export function offsetAt(text: string, line: number, column: number): number {
  let start = 0;
  for (let left = line - 1; left > 0; left--) {
    const end = text.indexOf('\n', start);
    if (end < 0) return text.length;
    start = end + 1;
  }
  return Math.min(start + column - 1, text.length);
}

/** A count of UTF-8 bytes at the start of a line as UTF-16 units: esbuild counts bytes. */
export function utf16Column(line: string, bytes: number): number {
  return Buffer.from(line).subarray(0, bytes).toString().length;
}
