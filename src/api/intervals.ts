import { errorDiagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { Interval, IntervalLedger, TableVersion } from '../ir/table-version.js';
import { joinIntervals } from '../util/join-intervals.js';
import { countGrains, parseTime, type TimeGrain } from '../util/time-grain.js';
import { noTable } from './absent-from-lake.js';
import type { ProjectOptions } from './options.js';
import { withWorkspace } from './with-workspace.js';

/** Neighbouring intervals that are there, or that lack. */
export interface IntervalStretch extends Interval {
  readonly state: 'built' | 'missing';
  /** How many intervals. */
  readonly count: number;
}

/** Which intervals of time of a table were built. */
export interface TableIntervals {
  readonly table: string;
  readonly interval: TimeGrain;
  readonly begin: string;
  /** The end of the last interval that should be there. */
  readonly end: string;
  readonly builtCount: number;
  readonly missingCount: number;
  /** All of the time between, sorted. */
  readonly stretches: readonly IntervalStretch[];
}

export interface IntervalsOptions extends ProjectOptions {
  /** Default: all tables that are built by intervals. */
  readonly table?: string;
}

/**
 * Which intervals the lake holds of tables that are built by intervals of time, as their versions record it. Throws
 * `DiagnosticError`: `lake/no-table` for a table that is not there, `lake/no-intervals` for one without any.
 *
 * @example
 * const [events] = await intervals({ projectDir: '.', table: 'events' });
 * // { table: 'events', interval: 'day', builtCount: 6, missingCount: 1, stretches: [...] }
 */
export function intervals(options: IntervalsOptions): Promise<readonly TableIntervals[]> {
  return withWorkspace(options, async (workspace) => {
    const { table } = options;
    const { tables } = await (await workspace.lake()).snapshot();
    if (table === undefined) return [...tables.values()].flatMap(ofVersion);
    const version = tables.get(table);
    if (!version) throw noTable(workspace, tables, table);
    const found = ofVersion(version);
    if (found.length > 0) return found;
    const message = `${table} is not built by intervals of time.`;
    const hint = 'etl intervals lists the tables that are: models with `strategy: time_range`';
    throw new DiagnosticError([errorDiagnostic('lake/no-intervals', message, { hint })]);
  });
}

function ofVersion({ table, ledger }: TableVersion): readonly TableIntervals[] {
  if (!ledger) return [];
  const stretches = stretchesOf(ledger);
  const countOf = (state: IntervalStretch['state']) =>
    stretches.reduce((sum, stretch) => sum + (stretch.state === state ? stretch.count : 0), 0);
  const { grain, begin, end } = ledger;
  return [
    {
      table,
      interval: grain,
      begin,
      end,
      builtCount: countOf('built'),
      missingCount: countOf('missing'),
      stretches,
    },
  ];
}

function stretchesOf({ grain, begin, end, intervals: built }: IntervalLedger): readonly IntervalStretch[] {
  const stretches: IntervalStretch[] = [];
  const add = (from: string, to: string, state: IntervalStretch['state']) => {
    if (from >= to) return;
    const count = countGrains(grain, parseTime(from)!, parseTime(to)!);
    stretches.push({ start: from, end: to, state, count });
  };
  let last = begin;
  for (const stretch of joinIntervals(built)) {
    add(last, stretch.start, 'missing');
    add(stretch.start, stretch.end, 'built');
    last = stretch.end;
  }
  add(last, end, 'missing');
  return stretches;
}
