import { expect, it } from 'vitest';
import { countOf, formatBytes, formatCount, formatDuration } from './format-units.js';

it('formats counts', () => {
  expect([0, 999, 1000, 1234567, 12345678901234567890n].map(formatCount)).toEqual([
    '0',
    '999',
    '1,000',
    '1,234,567',
    '12,345,678,901,234,567,890',
  ]);
  expect([countOf(1, 'row'), countOf(0, 'row'), countOf(2, 'query', 'queries')]).toEqual([
    '1 row',
    '0 rows',
    '2 queries',
  ]);
});

it('formats bytes', () => {
  expect([0, 999, 1000, 9_940, 9_960, 999_499, 999_500, 5.4e12].map(formatBytes)).toEqual([
    '0 B',
    '999 B',
    '1.0 kB',
    '9.9 kB',
    '10 kB',
    '999 kB',
    '1.0 MB',
    '5.4 TB',
  ]);
});

it('formats durations', () => {
  expect(
    [0, 8.4, 99.6, 312, 9_999, 59_940, 59_960, 185_000, 3_599_900, 7_620_000].map(formatDuration),
  ).toEqual([
    '0 ms',
    '8 ms',
    '0.10 s',
    '0.31 s',
    '10.0 s',
    '59.9 s',
    '1 min 00 s',
    '3 min 05 s',
    '1 h 00 min',
    '2 h 07 min',
  ]);
});
