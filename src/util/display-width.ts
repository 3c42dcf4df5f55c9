import { createRequire } from 'node:module';

// ASCII, Latin letters, box drawing and braille: one column and one UTF-16 unit each.
const plain = /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff\u2026\u2500-\u257f\u2800-\u28ff]*$/;
// Control characters and those that reorder text: shown as escapes, so that data cannot steer the terminal.
const unsafe = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;
const shortEscapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

let segmenter: Intl.Segmenter | undefined;
let stringWidth: typeof import('string-width').default | undefined;

/** Columns that a text takes on a terminal: 2 for CJK and emoji, 0 for combining marks. Takes no tabs. */
export function displayWidth(text: string): number {
  if (plain.test(text)) return text.length;
  // Its Unicode tables take longer to load than many commands take to run.
  stringWidth ??= (createRequire(import.meta.url)('string-width') as typeof import('string-width')).default;
  return stringWidth(text);
}

/** What a person sees as characters. */
export function graphemes(text: string): readonly string[] {
  if (plain.test(text)) return text.split('');
  segmenter ??= new Intl.Segmenter();
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** The text on one line, control characters written as escapes. */
export function printable(text: string): string {
  if (plain.test(text)) return text;
  return text.replace(
    unsafe,
    (character) => shortEscapes[character] ?? `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`,
  );
}

/** The lines of a text, control characters in them written as escapes. */
export function printableLines(text: string): readonly string[] {
  return text.split(/\r?\n/).map(printable);
}

/** The text, or its beginning with an ellipsis, in at most `width` columns. */
export function truncateToWidth(text: string, width: number, ellipsis = '…'): string {
  if (text.length <= width && plain.test(text)) return text;
  // Far more than can be shown need not be measured.
  const start = text.length > width * 8 + 64 ? text.slice(0, width * 8 + 64) : text;
  if (start.length === text.length && displayWidth(text) <= width) return text;
  let kept = '';
  let used = displayWidth(ellipsis);
  for (const character of graphemes(start)) {
    used += displayWidth(character);
    if (used > width) break;
    kept += character;
  }
  return width < displayWidth(ellipsis) ? '' : kept + ellipsis;
}

/** Fills up with spaces to `width` columns; a longer text stays as it is. */
export function padToWidth(text: string, width: number, align: 'left' | 'right' | 'center' = 'left'): string {
  const space = Math.max(0, width - displayWidth(text));
  if (align === 'right') return ' '.repeat(space) + text;
  const before = align === 'center' ? space >> 1 : 0;
  return ' '.repeat(before) + text + ' '.repeat(space - before);
}
