import type { RequestedIntervals } from '../ir/run-plan.js';
import type { Interval, IntervalLedger } from '../ir/table-version.js';
import type { TimeGrain } from '../util/time-grain.js';

export interface IntervalsInput {
  readonly grain: TimeGrain;
  readonly begin: string;
  readonly lookback: number;
  readonly batchSize?: number | undefined;
  /** The latest moment that any input has rows of; undefined when there are none. */
  readonly latest: string | undefined;
  /** The same without rows of the future. */
  readonly latestByNow: string | undefined;
  /** What was built; undefined when all is to be built. */
  readonly ledger: IntervalLedger | undefined;
  /** Intervals in which inputs have other rows by now than those that were read. */
  readonly changed?: readonly Interval[] | 'all' | undefined;
  /** Stands for the logic and the inputs as they are now. */
  readonly inputsKey: string;
  /** Only these are built, whether they were before or not. */
  readonly requested?: RequestedIntervals | undefined;
}

export interface PlannedIntervals {
  /** What each query covers. */
  readonly batches: readonly Interval[];
  /** All that should be there afterwards. */
  readonly begin: string;
  readonly end: string;
  /** Intervals whose rows are no longer right: missing, unless they are built. */
  readonly outdated?: readonly Interval[];
  /** See `IntervalLedger`. */
  readonly open?: string;
  /** From here on the next build looks at intervals again; absent for what was requested. */
  readonly settledUntil?: string;
}

/** Decides about intervals of time for the runner, which carries out. Pure. */
export interface IntervalPlanner {
  plan(input: IntervalsInput): PlannedIntervals;
  /** The ledger after these intervals were built; those that were planned and were not are missing. */
  record(
    ledger: IntervalLedger | undefined,
    grain: TimeGrain,
    planned: PlannedIntervals,
    built: readonly Interval[],
    inputsKey: string,
  ): IntervalLedger;
}
