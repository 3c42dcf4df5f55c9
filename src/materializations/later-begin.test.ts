import { expect, test } from 'vitest';
import { sketchNode } from '../../test/support/manifest.js';
import { laterBegin } from './later-begin.js';
import { materializations } from './registry.js';

const node = (begin: string) =>
  sketchNode({
    name: 'm',
    schema: { columns: [{ name: 't', type: 'TIMESTAMP' }] },
    config: {
      materialized: 'incremental',
      options: { strategy: 'time_range', event_time: 't', interval: 'day', begin },
    },
  });
const now = Date.UTC(2024, 5, 1, 12);

test('a begin that has not come yet is a warning', () => {
  expect(laterBegin(node('2990-01-01'), now)).toEqual([
    {
      code: 'compile/invalid-config',
      severity: 'warning',
      message: 'm begins at 2990-01-01, which is in the future: nothing before that is built.',
      hint: 'is the year wrong? Until then the table gets no rows, and a full refresh empties it',
    },
  ]);
  // The interval that it lies in is under way.
  for (const begin of ['2024-01-01', '2024-06-01T23:00:00Z', 'nonsense'])
    expect(laterBegin(node(begin), now)).toEqual([]);
});

test('a begin that no interval reaches is an error', () => {
  const { validate } = materializations.incremental!;
  expect(validate(node('9999-01-01'))).toMatchObject([
    {
      code: 'compile/invalid-config',
      severity: 'error',
      message: 'm begins at 9999-01-01, and no interval reaches the year 9999: nothing could ever be built.',
      hint: 'write the first moment to build, such as 2024-01-01',
    },
  ]);
  expect(laterBegin(node('9999-01-01'), now)).toEqual([]);
  expect(validate(node('9998-12-31'))).toEqual([]);
});
