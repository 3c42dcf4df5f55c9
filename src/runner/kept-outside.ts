import type { DataFile, Interval, TableVersion } from '../ir/table-version.js';
import type { IntervalsStep } from '../ports/materialization.js';
import { quoteIdentifier } from '../util/sql-quote.js';
import { parseTime } from '../util/time-grain.js';
import type { NodeTask } from './new-version.js';
import { canShareFiles } from './rewrite-version.js';
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
  const before = current.schema.columns;
  const find = (name: string) => before.find((column) => column.name.toLowerCase() === name.toLowerCase());
  const eventTime = find(step.eventTime)!;
  const places = current.files.map((file) => placeOf(file, eventTime.name, intervals));
  const shared = canShareFiles(current, node.schema, step.partitionBy);
  const outside = current.files.filter((_, i) => shared && places[i] === 'outside');
  const crowded = new Set(crowdedFiles(outside));
  const split = current.files.filter((file, i) =>
    shared ? places[i] === 'across' || crowded.has(file) : places[i] !== 'inside',
  );
  const kept = outside.filter((file) => !crowded.has(file));
  if (split.length === 0) return kept;
  const columns = node.schema.columns.map(({ name, type }) => {
    const column = quoteIdentifier(name);
    return `cast(${find(name) ? column : 'null'} as ${type}) as ${column}`;
  });
  const gone = intervals.map((interval) => isWithin(eventTime, interval)).join(' or ');
  const rest = `from ${await context.lake.scan(split)} where not coalesce(${gone || 'false'}, false)`;
  const written = await context.connections.use((connection) =>
    context.lake.write({
      connection,
      sql: `select ${columns.join(', ')} ${rest}`,
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
  const { min, max, nullCount } = stats?.[column] ?? {};
  const low = min === undefined ? undefined : parseTime(min);
  const high = max === undefined ? undefined : parseTime(max);
  if (low === undefined || high === undefined) return rowCount === 0 ? 'inside' : 'across';
  const ranges = intervals.map(({ start, end }) => [parseTime(start)!, parseTime(end)!] as const);
  if (nullCount === 0 && ranges.some(([start, end]) => start <= low && high < end)) return 'inside';
  return ranges.some(([start, end]) => low < end && high >= start) ? 'across' : 'outside';
}
