import { errorDiagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { DataFile, Interval } from '../ir/table-version.js';
import type { IntervalsStep } from '../ports/materialization.js';
import type { Column } from '../schema/table-schema.js';
import { countOf } from '../util/format-units.js';
import { own } from '../util/own.js';
import { quoteIdentifier } from '../util/sql-quote.js';
import { parseTime } from '../util/time-grain.js';
import type { TimedInput } from './batch-scope.js';
import type { NodeTask } from './new-version.js';
import { isWithin } from './time-bounds.js';

/**
 * The inputs whose times the rows' own times are made from, where all of these are cut to the interval that is built:
 * then no row can rightly lie outside of it. None where times may come from anything else.
 */
export async function cuttingInputs(
  { eventTime }: IntervalsStep,
  inputs: readonly TimedInput[],
  { node, context }: NodeTask,
): Promise<readonly TimedInput[]> {
  if (inputs.length === 0) return [];
  const lineage = await context.lineageOf(node);
  const made = lineage?.columns.find(({ name }) => name.toLowerCase() === eventTime.toLowerCase());
  const tables = new Set(made?.sources.map(({ table }) => table));
  const cutting = inputs.filter(({ name }) => tables.has(name));
  return cutting.length === tables.size ? cutting : [];
}

/** Throws `DiagnosticError` when rows lie outside of the interval that all they were made from lies in. */
export async function refuseOutside(
  files: readonly DataFile[],
  interval: Interval,
  eventTime: Column,
  cutting: readonly TimedInput[],
  { node, context }: NodeTask,
): Promise<void> {
  if (files.every((file) => liesWithin(file, eventTime.name, interval))) return;
  const name = quoteIdentifier(eventTime.name);
  const rows = await context.lake.scan(files);
  const [found] = await context.connections.use((connection) =>
    connection.rows(
      `select count(*) as count, cast(min(${name}) as varchar) as first from ${rows} where not ${isWithin(eventTime, interval)}`,
    ),
  );
  const count = Number(found?.count ?? 0);
  if (count === 0) return;
  const [lies, its] = count === 1 ? ['lies', 'its'] : ['lie', 'their'];
  const read = cutting.map((input) => `"${input.eventTime.name}" of ${input.name}`).join(' and ');
  const message = `${countOf(count, 'row')} of ${node.name}, such as of ${String(found!.first)}, ${lies} outside of the interval that ${its} input was read for: "${eventTime.name}" is another time than ${read}, so each interval would lack rows.`;
  const hint = `make "${eventTime.name}" in a view between that has it as its event_time, so that rows are read by it; or leave out what belongs to no interval, with a condition on \${batch.start} and \${batch.end}`;
  const span = node.configSpans?.event_time;
  throw new DiagnosticError([errorDiagnostic('run/rows-outside', message, { hint, ...(span && { span }) })]);
}

/** As far as a file's statistics tell. */
function liesWithin({ stats, rowCount }: DataFile, column: string, { start, end }: Interval): boolean {
  const { min, max } = own(stats, column) ?? {};
  const [low, high] = [min, max].map((text) => (text === undefined ? undefined : parseTime(text)));
  if (low === undefined || high === undefined) return rowCount === 0;
  return parseTime(start)! <= low && high < parseTime(end)!;
}
