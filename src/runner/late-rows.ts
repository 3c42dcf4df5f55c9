import { type Diagnostic, warningDiagnostic } from '../diagnostics/diagnostic.js';
import type { ManifestNode } from '../ir/manifest.js';
import type { SettledRows } from '../ir/table-version.js';
import { countOf } from '../util/format-units.js';
import { own } from '../util/own.js';
import { quoteRelation, quoteString } from '../util/sql-quote.js';
import { parseTime, timeText } from '../util/time-grain.js';
import type { TimedInput } from './batch-scope.js';
import type { NodeTask } from './new-version.js';
import { rowsBefore } from './time-bounds.js';

/** What a build leaves behind for good, and what came there since the one before. */
export interface Settling {
  readonly settled: SettledRows;
  readonly warnings: readonly Diagnostic[];
}

/**
 * Counts the rows of each input before the moment from which on the next build looks again, and those that came before
 * the one that the last build named: nothing reads them any more.
 */
export async function settleRows(
  until: string,
  before: SettledRows | undefined,
  inputs: readonly TimedInput[],
  { node, context }: NodeTask,
): Promise<Settling> {
  const queries = inputs.map(({ name, eventTime }) => {
    const then = before ? rowsBefore(eventTime, before.until) : '0';
    return `select ${quoteString(name)} as name, ${rowsBefore(eventTime, until)} as settled, ${then} as before from ${quoteRelation(name)}`;
  });
  const rows = await context.connections.use((connection) => connection.rows(queries.join(' union all ')));
  const warnings = rows.flatMap((row) => {
    const name = String(row.name);
    const known = own(before?.rows, name);
    const count = known === undefined ? 0 : Number(row.before) - known;
    return count > 0 ? [lateRows(node, name, count, before!.until)] : [];
  });
  return {
    settled: { until, rows: Object.fromEntries(rows.map((row) => [String(row.name), Number(row.settled)])) },
    warnings,
  };
}

function lateRows({ name, config }: ManifestNode, input: string, count: number, until: string): Diagnostic {
  const lie = count === 1 ? 'it lies' : 'they lie';
  const message = `${countOf(count, 'row')} of ${input} came late: ${lie} before ${day(until)}, where ${name} is not built again.`;
  const begin = day(timeText(parseTime(String(config.options.begin))!));
  const hint = `build their intervals again, or all with etl backfill ${name} --from ${begin}; where rows often come late, raise \`lookback\`, or write \`late_rows: build\``;
  return warningDiagnostic('run/late-rows', message, { hint });
}

function day(moment: string): string {
  return moment.replace('T00:00:00Z', '');
}
