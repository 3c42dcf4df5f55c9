import { collectText, sampleRun } from '../../test/support/sample-run.js';
import type { RunEvent } from '../ir/run-event.js';
import type { RunResult } from '../ir/run-result.js';
import { openReporters, type ReporterName } from './registry.js';

/** What reporters write of these events, one a second. */
export function run(
  name: ReporterName,
  events: readonly RunEvent[],
  ...settings: Parameters<typeof collectText>
) {
  const collected = collectText(...settings);
  const reporter = openReporters([name], collected.options);
  for (const event of events) {
    reporter.report(event);
    collected.advance(1000);
  }
  reporter.close();
  return collected;
}

export const finished = sampleRun.at(-1) as RunEvent & { kind: 'run-finished' };
/** The end of a run with this result. */
export const finish = (result: Partial<RunResult>): RunEvent[] => [
  sampleRun[0]!,
  { kind: 'committed', commit: 42, tables: ['shop.orders', 'stg_orders', 'orders', 'a', 'b', 'c', 'd'] },
  { kind: 'run-finished', result: { ...finished.result, ...result } },
];
