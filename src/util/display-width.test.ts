import { expect, it } from 'vitest';
import { displayWidth, padToWidth, printable, truncateToWidth } from './display-width.js';

it.each([
  ['abc', 3],
  ['日本', 4],
  ['👩‍👩‍👧', 2],
  ['e\u0301', 1],
  ['', 0],
])('%s is %i columns wide', (text, width) => expect(displayWidth(text)).toBe(width));

it('truncates between characters', () => {
  expect(truncateToWidth('abcdef', 6)).toBe('abcdef');
  expect(truncateToWidth('abcdefg', 6)).toBe('abcde…');
  expect(truncateToWidth('日本語です', 6)).toBe('日本…');
  expect(truncateToWidth('日本語', 6)).toBe('日本語');
  expect(truncateToWidth('abc', 2, '...')).toBe('');
  expect(truncateToWidth('x'.repeat(1_000_000), 3)).toBe('xx…');
});

it('pads', () => {
  expect([padToWidth('日', 4), padToWidth('日', 4, 'right'), padToWidth('a', 4, 'center')]).toEqual([
    '日  ',
    '  日',
    ' a  ',
  ]);
});

it('writes control characters as escapes', () => {
  expect(printable('a\n\t\u001b[31m\u202eb')).toBe('a\\n\\t\\u001b[31m\\u202eb');
});
