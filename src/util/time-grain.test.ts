import { expect, test } from 'vitest';
import { addGrains, countGrains, floorToGrain, parseTime, timeGrains, timeText } from './time-grain.js';

test.each([
  ['2024-02-29', '2024-02-29T00:00:00Z'],
  [' 2024-01-01 06:30 ', '2024-01-01T06:30:00Z'],
  ['2024-01-01T06:00:00.123456Z', '2024-01-01T06:00:00.123Z'],
  ['2024-01-01 00:00:00+02', '2023-12-31T22:00:00Z'],
  ['0001-01-01', '0001-01-01T00:00:00Z'],
])('%s is the moment %s', (text, moment) => expect(timeText(parseTime(text)!)).toBe(moment));

test.each([
  '2024-02-30',
  '2023-02-29T10:00:00Z',
  '2024-04-31 00:00:00+02',
  '2024-13-01',
  '2024-00-10',
  '2024-01-00',
  '2024-01-01T25:00:00Z',
  '2024-1-5',
  '2024',
  'foo',
  '',
])('"%s" is none', (text) => expect(parseTime(text)).toBeUndefined());

test.each(timeGrains)('as many intervals as fit reach a moment (%s)', (grain) => {
  const start = floorToGrain(grain, Date.UTC(2024, 1, 29, 10));
  for (const count of [1, 5, 40]) {
    const end = addGrains(grain, start, count);
    expect([0, 1, 1000].map((ms) => countGrains(grain, start, end - ms))).toEqual([count, count, count]);
    expect(countGrains(grain, start, end + 1)).toBe(count + 1);
  }
});
