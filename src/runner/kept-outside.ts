import type { DataFile, Interval, TableVersion } from '../ir/table-version.js';
import type { IntervalsStep } from '../ports/materialization.js';
import { own } from '../util/own.js';
import { quoteIdentifier } from '../util/sql-quote.js';
import { parseTime } from '../util/time-grain.js';
import { earlierRows } from './earlier-rows.js';
import type { NodeTask } from './new-version.js';
import { crowdedFiles } from './small-files.js';
import { isWithin } from './time-bounds.js';

/**
 * The files of a version without the rows of these intervals: those that hold none as they are, those that hold
 * nothing else not at all, and the rows that are left of the others in new ones.
 */
export async function keptOutside(
  intervals: readonly Interval[],
  current: TableVersion,
  version: TableVersion,
  step: IntervalsStep,
  { node, context }: NodeTask,
): Promise<readonly DataFile[]> {
  const { columns } = node.schema;
  const eventTime = columns.find(({ name }) => name.toLowerCase() === step.eventTime.toLowerCase())!;
  const earlier = earlierRows(current, node, step.partitionBy, context);
  const recordedAs = earlier.columnOf(eventTime)?.name ?? eventTime.name;
  const places = current.files.map((file) => placeOf(file, recordedAs, intervals));
  const { canShare } = earlier;
  const outside = current.files.filter((_, i) => canShare && places[i] === 'outside');
  const crowded = new Set(crowdedFiles(outside));
  const split = current.files.filter((file, i) =>
    canShare ? places[i] === 'across' || crowded.has(file) : places[i] !== 'inside',
  );
  const kept = outside.filter((file) => !crowded.has(file));
  if (split.length === 0) return kept;
  const gone = intervals.map((interval) => isWithin(eventTime, interval)).join(' or ');
  const names = columns.map(({ name }) => quoteIdentifier(name)).join(', ');
  const rest = `from ${await earlier.scan(split)} where not coalesce(${gone || 'false'}, false)`;
  const written = await context.connections.use((connection) =>
    context.lake.write({
      connection,
      sql: `select ${names} ${rest}`,
      schema: node.schema,
      table: node.name,
      versionId: version.id,
      partitionBy: step.partitionBy,
      orderBy: step.orderBy,
      split: true,
      skipEmpty: true,
    }),
  );
  return [...kept, ...written.files];
}

/** Where a file's rows lie, as far as its statistics tell. */
function placeOf(
  { stats, rowCount }: DataFile,
  column: string,
  intervals: readonly Interval[],
): 'inside' | 'outside' | 'across' {
  const { min, max, nullCount } = own(stats, column) ?? {};
  const low = min === undefined ? undefined : parseTime(min);
  const high = max === undefined ? undefined : parseTime(max);
  if (low === undefined || high === undefined) return rowCount === 0 ? 'inside' : 'across';
  const ranges = intervals.map(({ start, end }) => [parseTime(start)!, parseTime(end)!] as const);
  if (nullCount === 0 && ranges.some(([start, end]) => start <= low && high < end)) return 'inside';
  return ranges.some(([start, end]) => low < end && high >= start) ? 'across' : 'outside';
}
