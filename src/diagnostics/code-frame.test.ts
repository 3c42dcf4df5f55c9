import { describe, expect, it } from 'vitest';
import { codeFrame } from './code-frame.js';
import { LineIndex } from './span.js';

/** Marks the first occurrence of `place`, or the offset. */
function frame(text: string, place: string | number, width = 40, unicode = true): string {
  const start = typeof place === 'number' ? place : text.indexOf(place);
  const index = new LineIndex(text);
  const end = typeof place === 'number' ? start : start + place.length;
  const made = codeFrame(text, index.position(start), index.position(end), { width, unicode });
  return made ? `${made.code}|\n${made.marker}` : 'none';
}

describe('a code frame', () => {
  it('marks a stretch, and an empty place with a caret', () => {
    expect(frame('select a,\n  b\nfrom t', 'b')).toBe('  b|\n  ~');
    expect(frame('select a\r\nfrom t', 'select')).toBe('select a|\n~~~~~~');
    expect(frame('select a', 7)).toBe('select a|\n       ^');
    expect(frame('select', 6)).toBe('select|\n      ^');
    expect(frame('', 0)).toBe('|\n^');
  });

  it('marks a stretch of several lines to the end of its first', () => {
    expect(frame('select a from (\n  b\n)', '(\n  b\n)')).toBe('select a from (|\n              ~');
  });

  it('keeps the marker below its place behind tabs, wide and invisible characters', () => {
    expect(frame('\tx\ty', 'y')).toBe('    x   y|\n        ~');
    expect(frame("select '日本' as 名前, x", '名前')).toBe(
      "select '日本' as 名前, x|\n                 ~~~~",
    );
    expect(frame("'👩‍👩‍👧' || b", 'b')).toBe("'👩‍👩‍👧' || b|\n        ~");
    expect(frame('e\u0301 = b', 'b')).toBe('e\u0301 = b|\n    ~');
    expect(frame('a\u001b[31m b', 'b')).toBe('a\\u001b[31m b|\n            ~');
  });

  it('cuts long lines around the place', () => {
    const long = `select ${'aaaa, '.repeat(20)}wrong, ${'bbbb, '.repeat(20)}`;
    expect(frame(long, 'wrong')).toBe('…aaaa, aaaa, wrong, bbbb, bbbb, bbbb, b…|\n             ~~~~~');
  });

  it('cuts at one end only when the place is near the other', () => {
    const long = `wrong ${'b'.repeat(60)} end`;
    expect(frame(long, 'wrong', 20)).toBe(`wrong ${'b'.repeat(13)}…|\n~~~~~`);
    expect(frame(long, 'end', 20)).toBe(`…${'b'.repeat(15)} end|\n                 ~~~`);
    expect(frame(long, 'b'.repeat(60), 20)).toBe(`wrong ${'b'.repeat(13)}…|\n      ~~~~~~~~~~~~~`);
    expect(frame(long, 'end', 20, false)).toBe(`...${'b'.repeat(13)} end|\n                 ~~~`);
  });

  it('looks only near the place in a line of a megabyte', () => {
    const line = `${'x'.repeat(500_000)}!${'y'.repeat(500_000)}`;
    expect(frame(line, '!', 20)).toBe(`…${'x'.repeat(5)}!${'y'.repeat(12)}…|\n      ~`);
  });

  it('is nothing for a line that is not there', () => {
    const position = { line: 9, column: 1 };
    expect(codeFrame('a\nb', position, position, { width: 40, unicode: true })).toBeUndefined();
  });
});
