import { describe, expect, test } from 'vitest';
import type { IntervalLedger } from '../ir/table-version.js';
import type { IntervalsInput } from '../ports/interval-planner.js';
import { isPending, missingIntervals, planIntervals, recordIntervals } from './plan-intervals.js';

const day = (n: number) => `2024-01-${String(n).padStart(2, '0')}T00:00:00Z`;
const input = (more: Partial<IntervalsInput> = {}): IntervalsInput => ({
  grain: 'day',
  begin: '2024-01-01',
  lookback: 0,
  latest: '2024-01-05 10:00:00',
  latestByNow: more.latest ?? '2024-01-05 10:00:00',
  ledger: undefined,
  inputsKey: 'k1',
  ...more,
});
const ledger = (...built: readonly (readonly [number, number, string])[]): IntervalLedger => ({
  grain: 'day',
  begin: day(1),
  end: day(Math.max(...built.map(([, end]) => end))),
  intervals: built.map(([start, end, inputsKey]) => ({ start: day(start), end: day(end), inputsKey })),
});
const batches = (more: Partial<IntervalsInput>) =>
  planIntervals(input(more)).batches.map(({ start, end }) => [
    Number(start.slice(8, 10)),
    Number(end.slice(8, 10)),
  ]);

describe('which intervals are built', () => {
  test('all that there is, neighbours together, or so many at once', () => {
    expect(batches({})).toEqual([[1, 6]]);
    expect(batches({ batchSize: 2 })).toEqual([
      [1, 3],
      [3, 5],
      [5, 6],
    ]);
    expect(batches({ latest: undefined })).toEqual([]);
    expect(batches({ begin: '2024-01-07' })).toEqual([]);
  });

  test('those that are missing, and those that had not ended when an input changed', () => {
    const known = ledger([1, 3, 'k1'], [4, 5, 'k1']);
    expect(batches({ ledger: known, latest: day(4) })).toEqual([[3, 4]]);
    expect(batches({ ledger: known, latest: day(4), inputsKey: 'k2' })).toEqual([[3, 5]]);
    expect(batches({ ledger: known, inputsKey: 'k2', lookback: 2 })).toEqual([[2, 6]]);
  });

  test('what is asked for, as far as there are rows, without what is up to date', () => {
    const known = ledger([1, 3, 'k2'], [3, 6, 'k1']);
    const asked = { start: '2024-01-02T05:00:00Z', end: '2024-01-04T05:00:00Z' };
    const at = (again: boolean, inputsKey: string) =>
      batches({ ledger: known, inputsKey, requested: { ...asked, again } });
    expect(at(false, 'k2')).toEqual([[3, 5]]);
    expect(at(true, 'k2')).toEqual([[2, 5]]);
    expect(batches({ ledger: known, requested: { start: day(5), end: day(31), again: true } })).toEqual([
      [5, 6],
    ]);
    expect(isPending(known, { start: day(6), end: day(31), again: false }, 'k1')).toBe(false);
    expect(isPending(known, { start: day(6), end: day(31), again: false }, 'k3')).toBe(true);
  });

  test('rows of the future leave open what comes behind those of the past', () => {
    const known = { ...ledger([1, 21, 'k1']), open: day(3) };
    expect(planIntervals(input({ latest: day(20), latestByNow: day(3) }))).toMatchObject({ open: day(3) });
    expect(planIntervals(input({ latest: day(20), latestByNow: undefined }))).toMatchObject({ open: day(1) });
    expect(batches({ ledger: known, latest: day(20), inputsKey: 'k2' })).toEqual([[3, 21]]);
    expect(batches({ ledger: known, latest: day(20), inputsKey: 'k2', lookback: 1 })).toEqual([[2, 21]]);
    expect(batches({ ledger: known, latest: day(20) })).toEqual([]);
    // A backfill builds nothing of what is open, which stays open.
    const requested = { start: day(1), end: day(2), again: true };
    const planned = planIntervals(input({ ledger: known, latest: day(20), latestByNow: day(9), requested }));
    expect(planned).toEqual({
      batches: [{ start: day(1), end: day(2) }],
      begin: day(1),
      end: day(21),
      open: day(3),
    });
  });

  test('what lies behind the latest row is not built for good', () => {
    const known = ledger([1, 21, 'k1']);
    const planned = planIntervals(input({ ledger: known, inputsKey: 'k2' }));
    expect(planned.batches).toEqual([
      { start: day(5), end: day(6) },
      { start: day(20), end: day(21) },
    ]);
    const after = recordIntervals(known, 'day', planned, planned.batches, 'k2');
    expect(after).toEqual({
      grain: 'day',
      begin: day(1),
      end: day(6),
      intervals: [
        { start: day(1), end: day(5), inputsKey: 'k1' },
        { start: day(5), end: day(6), inputsKey: 'k2' },
      ],
    });
    expect(batches({ ledger: after, latest: day(8), inputsKey: 'k3' })).toEqual([[5, 9]]);
    // Without any rows there is nothing to go by.
    expect(planIntervals(input({ ledger: known, latest: undefined })).end).toBe(day(21));
  });

  test('weeks begin on Mondays, months are as long as they are', () => {
    const of = (grain: IntervalsInput['grain'], latest: string) =>
      planIntervals(input({ grain, latest, batchSize: 1 })).batches.map(({ start }) => start.slice(0, 10));
    expect(of('week', '2024-01-16')).toEqual(['2024-01-01', '2024-01-08', '2024-01-15']);
    expect(of('month', '2024-03-01')).toEqual(['2024-01-01', '2024-02-01', '2024-03-01']);
    expect(of('quarter', '2024-04-30T23:00:00-02')).toEqual(['2024-01-01', '2024-04-01']);
  });
});

describe('intervals whose input rows changed', () => {
  const changed = (...days: number[]) => days.map((n) => ({ start: day(n), end: day(n + 1) }));
  const known = ledger([1, 6, 'k1']);

  test('are built beside what is missing, and those before begin only forgotten', () => {
    expect(batches({ ledger: known, changed: changed(2, 4, 3, 7) })).toEqual([
      [2, 5],
      [7, 8],
    ]);
    const later = planIntervals(input({ ledger: known, begin: '2024-01-03', changed: changed(1, 4) }));
    expect([later.batches, later.outdated]).toEqual([changed(4), changed(1, 4)]);
  });

  test('are all of them where that cannot be told', () => {
    const all = planIntervals(input({ ledger: known, begin: '2024-01-03', changed: 'all' }));
    expect(all.batches).toEqual([{ start: day(3), end: day(6) }]);
    expect(all.outdated).toEqual([{ start: day(1), end: day(6) }]);
  });

  test('are only forgotten where others are asked for', () => {
    const requested = { start: day(2), end: day(3), again: false };
    const asked = planIntervals(input({ ledger: known, requested, inputsKey: 'k2', changed: changed(2, 4) }));
    expect([asked.batches, asked.outdated]).toEqual([changed(2), changed(2, 4)]);
  });

  test('are built as fewer, longer stretches where they are very many; what is missing never is', () => {
    const hour = (n: number) => new Date(Date.UTC(2024, 0, 1, n)).toISOString().replace('.000Z', 'Z');
    const odd = Array.from({ length: 200 }, (_, i) => ({ start: hour(2 * i + 1), end: hour(2 * i + 2) }));
    const even = odd.map(({ start }, i) => ({ start: hour(2 * i), end: start, inputsKey: 'k1' }));
    const hours = { grain: 'hour', begin: hour(0), end: hour(400) } as const;
    const latest = hour(399);
    const whole = { ...hours, intervals: [{ start: hour(0), end: hour(400), inputsKey: 'k1' }] };
    const { batches: few } = planIntervals(input({ ...hours, latest, ledger: whole, changed: odd }));
    expect(few).toHaveLength(64);
    expect([few[0]!.start, few.at(-1)!.end]).toEqual([hour(1), hour(400)]);
    const cut = planIntervals(input({ ...hours, latest, ledger: whole, changed: odd, batchSize: 1 }));
    expect(cut.batches).toHaveLength(200);
    const gaps = { ...hours, intervals: even };
    expect(planIntervals(input({ ...hours, latest, ledger: gaps })).batches).toHaveLength(200);
  });
});

test('the ledger keeps neighbours from the same inputs as one, and what was built before apart', () => {
  const planned = { batches: [], begin: day(1), end: day(7) };
  const built = [
    { start: day(2), end: day(3) },
    { start: day(3), end: day(4) },
  ];
  const after = recordIntervals(ledger([1, 6, 'k1']), 'day', planned, built, 'k2');
  expect(after.intervals).toEqual([
    { start: day(1), end: day(2), inputsKey: 'k1' },
    { start: day(2), end: day(4), inputsKey: 'k2' },
    { start: day(4), end: day(6), inputsKey: 'k1' },
  ]);
  expect(missingIntervals(after, { begin: '2024-01-01', lookback: 0, inputsKey: 'k1' })).toEqual([
    { start: day(6), end: day(7) },
  ]);
  // What was planned and failed is missing, whatever was there before.
  const failed = recordIntervals(
    ledger([1, 6, 'k1']),
    'day',
    { ...planned, batches: built },
    built.slice(1),
    'k2',
  );
  expect(missingIntervals(failed, { begin: '2024-01-01', lookback: 0, inputsKey: 'k1' })).toEqual([
    { start: day(2), end: day(3) },
    { start: day(6), end: day(7) },
  ]);
  // So is what was not built again though its inputs have other rows.
  const outdated = recordIntervals(after, 'day', { ...planned, outdated: built }, built.slice(1), 'k2');
  expect(missingIntervals(outdated, { begin: '2024-01-01', lookback: 0, inputsKey: 'k1' })).toEqual([
    { start: day(2), end: day(3) },
    { start: day(6), end: day(7) },
  ]);
  // What was built from other inputs and was open then is not right yet.
  expect(missingIntervals(after, { begin: '2024-01-01', lookback: 0, inputsKey: 'k2' })).toEqual([
    { start: day(5), end: day(7) },
  ]);
});
