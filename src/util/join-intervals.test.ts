import { expect, test } from 'vitest';
import { joinIntervals } from './join-intervals.js';

const day = (n: number) => `2024-01-0${n}T00:00:00Z`;
const days = (start: number, end: number) => ({ start: day(start), end: day(end) });

test('stretches that meet, overlap or lie in each other are one', () => {
  expect(joinIntervals([days(5, 6), days(1, 2), days(2, 4)])).toEqual([days(1, 4), days(5, 6)]);
  expect(joinIntervals([days(1, 6), days(2, 3), days(5, 7)])).toEqual([days(1, 7)]);
  expect(joinIntervals([])).toEqual([]);
});
