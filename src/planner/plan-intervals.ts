import type { RequestedIntervals } from '../ir/run-plan.js';
import type { BuiltInterval, Interval, IntervalLedger } from '../ir/table-version.js';
import type { IntervalPlanner, IntervalsInput, PlannedIntervals } from '../ports/interval-planner.js';
import {
  addGrains,
  ceilToGrain,
  floorToGrain,
  parseTime,
  type TimeGrain,
  timeText,
} from '../util/time-grain.js';

const mostStretches = 64;

/** Milliseconds since 1970; `end` is exclusive. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * Decides which intervals to build: those that are missing, and, when an input changed, those that had not
 * ended or that the lookback reaches. What arrives later than that needs a backfill. Intervals behind the latest
 * row are not built for good: the ledger forgets them, whatever was there once.
 */
export function planIntervals(input: IntervalsInput): PlannedIntervals {
  const { grain, ledger, batchSize, requested } = input;
  const begin = floorToGrain(grain, parseTime(input.begin)!);
  const latest = input.latest === undefined ? undefined : parseTime(input.latest);
  const known = ledger && rangeOf(ledger);
  const end = latest === undefined ? Math.max(begin, known?.end ?? begin) : ceilToGrain(grain, latest);
  const left = ledger && { ...ledger, intervals: within(ledger.intervals, end) };
  // Also behind the latest row: what was there is gone.
  const first = Math.min(begin, ...(ledger?.intervals ?? []).map(({ start }) => parseTime(start)!));
  const changed =
    input.changed === 'all'
      ? [{ start: first, end: Math.max(end, known?.end ?? end) }]
      : united((input.changed ?? []).map(rangeOfInterval));
  const wanted = requested
    ? requestedRanges(requested, grain, end, input)
    : [
        ...missing({ start: begin, end }, left),
        ...staleRanges(input),
        ...staleRanges({ ...input, ledger: left }),
        ...(batchSize === undefined ? bridged(changed) : changed).map((range) => ({
          ...range,
          start: Math.max(range.start, begin),
        })),
      ];
  const batches = united(wanted).flatMap((range) => cut(range, grain, batchSize));
  const open = openFrom(input, begin, end);
  return {
    batches: batches.map(toInterval),
    begin: timeText(begin),
    // What is built by request alone leaves the rest as it was.
    end: timeText(requested ? Math.max(end, known?.end ?? end) : end),
    ...(changed.length > 0 && { outdated: changed.map(toInterval) }),
    ...(open !== undefined && { open: timeText(open) }),
    ...(!requested && end > begin && { settledUntil: timeText(lookedAtFrom(input, begin, end, open)) }),
  };
}

/** Where intervals begin that may still get rows, if there are more of them than the last. */
function openFrom(
  { grain, ledger, latest, latestByNow, requested }: IntervalsInput,
  begin: number,
  end: number,
): number | undefined {
  const before = parseTime(ledger?.open ?? '');
  if (latest === undefined) return before;
  const byNow = latestByNow === undefined ? undefined : parseTime(latestByNow);
  const open = byNow === undefined ? begin : Math.max(begin, floorToGrain(grain, byNow));
  const first = requested && before !== undefined ? Math.min(open, before) : open;
  return first < addGrains(grain, end, -1) ? first : undefined;
}

/**
 * Intervals of a table that should be built though its inputs are those of its version: what a ledger says is not
 * there, and what it says was built from other inputs and is still open.
 */
export function missingIntervals(
  ledger: IntervalLedger,
  { begin, lookback, inputsKey }: Pick<IntervalsInput, 'begin' | 'lookback' | 'inputsKey'>,
): readonly Interval[] {
  const { grain } = ledger;
  const start = floorToGrain(grain, parseTime(begin)!);
  const gaps = missing({ start, end: rangeOf(ledger).end }, ledger);
  return united([...gaps, ...staleRanges({ grain, begin, lookback, ledger, inputsKey })]).map(toInterval);
}

/** Whether any of the intervals that are asked for still is to be built. */
export function isPending(ledger: IntervalLedger, requested: RequestedIntervals, inputsKey: string): boolean {
  const isCurrent = builtFrom(ledger, inputsKey).length > 0;
  const end = isCurrent ? rangeOf(ledger).end : Number.POSITIVE_INFINITY;
  return requestedRanges(requested, ledger.grain, end, { ledger, inputsKey }).length > 0;
}

/** The ledger after these intervals were built. */
export function recordIntervals(
  ledger: IntervalLedger | undefined,
  grain: TimeGrain,
  { batches, outdated = [], begin, end, open }: PlannedIntervals,
  built: readonly Interval[],
  inputsKey: string,
): IntervalLedger {
  const fresh = united(built.map(rangeOfInterval));
  const planned = [...[...batches, ...outdated].map(rangeOfInterval), ...fresh];
  const kept = (ledger?.intervals ?? []).flatMap((old) =>
    subtract([rangeOfInterval(old)], planned).map((range) => ({ ...range, inputsKey: old.inputsKey })),
  );
  const all = [...kept, ...fresh.map((range) => ({ ...range, inputsKey }))].sort((a, b) => a.start - b.start);
  const intervals: BuiltInterval[] = [];
  for (const { start, end: stop, inputsKey: key } of all) {
    const last = intervals.at(-1);
    if (last?.inputsKey === key && last.end === timeText(start)) {
      intervals[intervals.length - 1] = { ...last, end: timeText(stop) };
    } else intervals.push({ ...toInterval({ start, end: stop }), inputsKey: key });
  }
  return {
    grain,
    begin,
    end,
    ...(open !== undefined && { open }),
    intervals: within(intervals, parseTime(end)!),
  };
}

export const intervalPlanner: IntervalPlanner = { plan: planIntervals, record: recordIntervals };

function missing(range: Range, ledger: IntervalLedger | undefined): readonly Range[] {
  return subtract([range].filter(isFilled), (ledger?.intervals ?? []).map(rangeOfInterval));
}

/** What lies before a moment. */
function within(intervals: readonly BuiltInterval[], end: number): readonly BuiltInterval[] {
  return intervals.flatMap((built) => {
    const range = rangeOfInterval(built);
    if (range.end <= end) return [built];
    return range.start < end ? [{ ...built, end: timeText(end) }] : [];
  });
}

/** The last interval had not ended when it was built, so what came since belongs into it. */
function staleRanges({
  ledger,
  grain,
  begin,
  lookback,
  inputsKey,
}: Pick<IntervalsInput, 'ledger' | 'grain' | 'begin' | 'lookback' | 'inputsKey'>): readonly Range[] {
  const last = ledger?.intervals.at(-1);
  if (!ledger || !last) return [];
  const { end } = rangeOfInterval(last);
  const first = floorToGrain(grain, parseTime(begin)!);
  const window = { start: lookedAtFrom({ grain, lookback }, first, end, parseTime(ledger.open ?? '')), end };
  return subtract([window].filter(isFilled), builtFrom(ledger, inputsKey));
}

/** Where the intervals begin that a build with other inputs makes again. */
function lookedAtFrom(
  { grain, lookback }: Pick<IntervalsInput, 'grain' | 'lookback'>,
  begin: number,
  end: number,
  open: number | undefined,
): number {
  const first = Math.min(addGrains(grain, end, -1), open ?? end);
  return Math.max(begin, addGrains(grain, first, -lookback));
}

/** Never beyond `latestEnd`: an interval that may still get its first rows must not count as built. */
function requestedRanges(
  { start, end, again }: RequestedIntervals,
  grain: TimeGrain,
  latestEnd: number,
  { ledger, inputsKey }: Pick<IntervalsInput, 'ledger' | 'inputsKey'>,
): readonly Range[] {
  const last = parseTime(end)!;
  const floor = floorToGrain(grain, last);
  const range = {
    start: floorToGrain(grain, parseTime(start)!),
    end: Math.min(floor === last ? last : addGrains(grain, floor, 1), latestEnd),
  };
  const ranges = [range].filter(isFilled);
  return again || !ledger ? ranges : subtract(ranges, builtFrom(ledger, inputsKey));
}

function builtFrom(ledger: IntervalLedger, inputsKey: string): readonly Range[] {
  return ledger.intervals.filter((built) => built.inputsKey === inputsKey).map(rangeOfInterval);
}

/** Each stretch is a query and a file: where there are very many, those that lie closest are built as one. */
function bridged(ranges: readonly Range[]): readonly Range[] {
  if (ranges.length <= mostStretches) return ranges;
  const gaps = ranges.slice(1).map(({ start }, i) => ({ after: i, length: start - ranges[i]!.end }));
  const widest = gaps.sort((a, b) => b.length - a.length).slice(0, mostStretches - 1);
  const ends = [...widest.map(({ after }) => after), ranges.length - 1].sort((a, b) => a - b);
  return ends.map((last, i) => ({ start: ranges[(ends[i - 1] ?? -1) + 1]!.start, end: ranges[last]!.end }));
}

const isFilled = (range: Range): boolean => range.start < range.end;

function cut(range: Range, grain: TimeGrain, batchSize: number | undefined): readonly Range[] {
  if (batchSize === undefined) return [range];
  const parts: Range[] = [];
  for (let { start } = range; start < range.end; ) {
    const end = Math.min(addGrains(grain, start, batchSize), range.end);
    parts.push({ start, end });
    start = end;
  }
  return parts;
}

/** The same stretches without overlaps and seams, sorted. */
function united(ranges: readonly Range[]): readonly Range[] {
  const result: Range[] = [];
  for (const range of [...ranges].sort((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (range.start >= range.end) continue;
    if (last && range.start <= last.end) {
      result[result.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
    } else result.push(range);
  }
  return result;
}

function subtract(ranges: readonly Range[], removed: readonly Range[]): readonly Range[] {
  let left = [...ranges];
  for (const gone of removed) {
    left = left.flatMap((range) => {
      if (gone.end <= range.start || gone.start >= range.end) return [range];
      return [
        { start: range.start, end: gone.start },
        { start: gone.end, end: range.end },
      ].filter(isFilled);
    });
  }
  return left;
}

const rangeOf = ({ begin, end }: IntervalLedger): Range => ({
  start: parseTime(begin)!,
  end: parseTime(end)!,
});
const rangeOfInterval = ({ start, end }: Interval): Range => ({
  start: parseTime(start)!,
  end: parseTime(end)!,
});
const toInterval = ({ start, end }: Range): Interval => ({ start: timeText(start), end: timeText(end) });
