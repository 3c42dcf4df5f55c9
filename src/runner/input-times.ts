import { type Diagnostic, errorDiagnostic, warningDiagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { ManifestNode } from '../ir/manifest.js';
import type { IntervalsStep } from '../ports/materialization.js';
import type { Column } from '../schema/table-schema.js';
import { countOf } from '../util/format-units.js';
import { quoteIdentifier, quoteRelation, quoteString } from '../util/sql-quote.js';
import { ceilToGrain, endOfTime, parseTime, timeText } from '../util/time-grain.js';
import type { TimedInput } from './batch-scope.js';
import type { NodeTask } from './new-version.js';

/** How far the rows of the inputs reach, and what is odd about their times. */
export interface InputTimes {
  /** Undefined when there are no rows. */
  readonly latest: string | undefined;
  /** The same without rows of the future. */
  readonly latestByNow: string | undefined;
  readonly warnings: readonly Diagnostic[];
}

interface Times {
  readonly name: string;
  readonly latest: string | null;
  readonly latest_by_now: string | null;
  readonly timeless: bigint;
  readonly endless: bigint;
}

/** Times without a zone may be ahead of UTC by that much. */
const dayMs = 86_400_000;

/** The tables that the model reads whose rows say when they happened. */
export function timedInputs({ node, context }: NodeTask): readonly TimedInput[] {
  return node.inputs.flatMap((name) => {
    const input = context.manifest.nodes.get(name);
    const eventTime = input?.config.options.event_time as string | undefined;
    if (!input || eventTime === undefined) return [];
    return [{ name, eventTime: columnOf(input.schema.columns, eventTime) }];
  });
}

export function columnOf(columns: readonly Column[], name: string): Column {
  return columns.find((column) => column.name.toLowerCase() === name.toLowerCase())!;
}

/** Looks at the times of all rows that the model reads. Throws `DiagnosticError` when some have none. */
export async function inputTimes(
  inputs: readonly TimedInput[],
  { grain }: IntervalsStep,
  { node, context }: NodeTask,
): Promise<InputTimes> {
  const now = context.now().toISOString();
  if (inputs.length === 0) return { latest: now, latestByNow: now, warnings: [] };
  const queries = inputs.map((input) => timesSql(input, now));
  const rows = (await context.connections.use((connection) =>
    connection.rows(queries.join(' union all ')),
  )) as unknown as readonly Times[];
  const errors = rows.flatMap(({ name, timeless }) => {
    if (timeless === 0n) return [];
    const { eventTime } = inputs.find((input) => input.name === name)!;
    const hint = `leave them out or give them a time in a model between, with \`event_time: ${eventTime.name}\`; an input without event_time is read whole`;
    const input = context.manifest.nodes.get(name)!;
    return noEventTime(input, eventTime.name, Number(timeless), hint).diagnostics;
  });
  if (errors.length > 0) throw new DiagnosticError(errors);
  const greatest = (texts: readonly (string | null)[]) =>
    texts
      .filter((text) => text !== null)
      .sort()
      .at(-1);
  const late = Math.max(ceilToGrain(grain, Date.parse(now)), Date.parse(now) + dayMs);
  return {
    latest: greatest(rows.map((row) => row.latest)),
    latestByNow: greatest(rows.map((row) => row.latest_by_now)),
    warnings: rows.flatMap((row) => oddTimes(row, node.name, late)),
  };
}

/** The error of rows that no interval holds. */
export function noEventTime(
  { name, configSpans }: ManifestNode,
  column: string,
  count: number,
  hint: string,
): DiagnosticError {
  const span = configSpans?.event_time;
  const rows = `${countOf(count, 'row')} of ${name} ${count === 1 ? 'has' : 'have'} no ${column}`;
  return new DiagnosticError([
    errorDiagnostic('run/no-event-time', `${rows}, so no interval holds ${count === 1 ? 'it' : 'them'}.`, {
      ...(span && { span }),
      hint,
    }),
  ]);
}

function timesSql({ name, eventTime: { name: column, type } }: TimedInput, now: string): string {
  const time = quoteIdentifier(column);
  // Types whose times do not reach that far have none behind it.
  const moment = (text: string) => `try_cast(${quoteString(text)} as ${type})`;
  const isTime = `isfinite(${time}) and coalesce(${time} < ${moment(endOfTime)}, true)`;
  const nowOfType = moment(type === 'DATE' ? now.slice(0, 10) : now);
  // Times without a zone are in UTC, whatever the session's zone is.
  const inUtc = (max: string) =>
    type === 'TIMESTAMP WITH TIME ZONE' ? `timezone('UTC', ${max})` : `cast(${max} as timestamp)`;
  const latest = (filter: string) =>
    `strftime(${inUtc(`max(${time}) filter (where ${filter})`)}, '%Y-%m-%dT%H:%M:%S.%gZ')`;
  return `select ${quoteString(name)} as name, ${latest(isTime)} as latest,
    ${latest(`${isTime} and ${time} <= ${nowOfType}`)} as latest_by_now,
    count(*) filter (where ${time} is null) as timeless,
    count(*) filter (where not (${isTime}) and ${time} > ${nowOfType}) as endless
  from ${quoteRelation(name)}`;
}

/** Rows that stand for no time, and the latest one when it cannot have happened yet. */
function oddTimes(
  { name, latest, latest_by_now: byNow, endless }: Times,
  node: string,
  late: number,
): Diagnostic[] {
  const warnings: Diagnostic[] = [];
  if (endless > 0n) {
    const count = Number(endless);
    const message = `${countOf(count, 'row')} of ${name} ${count === 1 ? 'lies' : 'lie'} in the year 9999 or later, which no interval of ${node} reaches.`;
    const hint = 'what lies there is left out';
    warnings.push(warningDiagnostic('run/odd-event-time', message, { hint }));
  }
  const latestMs = latest === null ? undefined : parseTime(latest);
  if (latestMs !== undefined && latestMs > late) {
    const message = `${name} has rows of the future: the latest is of ${timeText(latestMs)}.`;
    const since = byNow === null ? 'its begin' : timeText(parseTime(byNow)!);
    const hint = `is a time wrong? While it is there, each build of ${node} makes everything since ${since} again`;
    warnings.push(warningDiagnostic('run/odd-event-time', message, { hint }));
  }
  return warnings;
}
