import { stripVTControlCharacters } from 'node:util';
import { placeOf } from '../diagnostics/span.js';
import type { Reason } from '../ir/run-plan.js';
import type { NodeResult, NodeStatus, TestResult, TestStatus } from '../ir/run-result.js';
import type { Interval } from '../ir/table-version.js';
import { displayWidth, padToWidth } from '../util/display-width.js';
import { countOf, formatBytes, formatCount, formatDuration } from '../util/format-units.js';
import { type Paint, paint, type TextStyle } from '../util/text-style.js';
import { momentText } from './moment-text.js';

const nodeLabels: Readonly<Record<NodeStatus, readonly [string, Paint]>> = {
  success: ['OK', 'green'],
  reused: ['REUSE', 'dim'],
  failed: ['ERROR', 'red'],
  skipped: ['SKIP', 'yellow'],
};

const stopped: readonly [string, Paint] = ['STOP', 'yellow'];

const testLabels: Readonly<Record<TestStatus, readonly [string, Paint]>> = {
  pass: ['PASS', 'green'],
  warn: ['WARN', 'yellow'],
  fail: ['FAIL', 'red'],
  error: ['ERROR', 'red'],
  skipped: ['SKIP', 'yellow'],
  reused: ['PASS', 'dim'],
};

/**
 * `OK     build   orders      18,312 rows   940 kB   12 files   0.44 s  input changed: stg_orders`. Where the
 * output is narrow, the reason goes first, then files and size.
 */
export function nodeLine(result: NodeResult, nameWidth: number, style: TextStyle): string {
  const { status, rowCount, sizeBytes, fileCount, rejectedCount, durationMs, skippedBecause } = result;
  const label = isInterrupted(result) ? stopped : nodeLabels[status];
  const start = lineStart(label, status === 'reused' ? '' : result.action, result.name, nameWidth, style);
  if (status === 'skipped') {
    const reason = skippedBecause === undefined ? 'because the run stopped' : `because of ${skippedBecause}`;
    return `${start}  ${paint(style, 'dim', reason)}`;
  }
  const rows = padToWidth(rowCount === undefined ? '' : countOf(rowCount, 'row'), 15, 'right');
  const size = padToWidth(sizeBytes === undefined ? '' : formatBytes(sizeBytes), 7, 'right');
  const files = padToWidth(fileCount === undefined ? '' : countOf(fileCount, 'file'), 9, 'right');
  const time = padToWidth(status === 'reused' ? '' : formatDuration(durationMs), 7, 'right');
  const rejected = rejectedCount ? paint(style, 'yellow', `${formatCount(rejectedCount)} rejected`) : '';
  const why = status === 'failed' ? '' : paint(style, 'dim', whyOf(result));
  const forms = [
    [start, rows, size, files, time, rejected, why],
    [start, rows, size, files, time, rejected],
    [start, rows, size, time, rejected],
    [start, rows, time, rejected],
  ].map((parts) =>
    parts
      .filter((part) => part !== '')
      .join('  ')
      .trimEnd(),
  );
  return forms.find((line) => displayWidth(stripVTControlCharacters(line)) <= style.width) ?? forms.at(-1)!;
}

/** Why it was built, and which intervals of it. */
function whyOf({ reason, intervals = [] }: NodeResult): string {
  const why = reasonText(reason);
  const built = intervalsText(intervals);
  return [why, why.endsWith(built) ? '' : built].filter(Boolean).join('; ');
}

/** Whether it did not fail by itself: the run was asked to stop. */
export function isInterrupted({ status, diagnostics }: NodeResult): boolean {
  return (
    status === 'failed' && diagnostics.length > 0 && diagnostics.every((d) => d.code === 'run/interrupted')
  );
}

/** `FAIL   test    unique_orders_order_id      2 failing rows   8 ms`; of a unit test `2 rows differ`. */
export function testLine(result: TestResult, nameWidth: number, style: TextStyle): string {
  const { name, status, failureCount, durationMs, span, isUnit, skippedBecause } = result;
  const start = lineStart(testLabels[status], isUnit ? 'unit' : 'test', name, nameWidth, style);
  if (status === 'skipped')
    return skippedBecause === undefined
      ? start.trimEnd()
      : `${start}  ${paint(style, 'dim', `because ${skippedBecause}`)}`;
  const failures = failureCount > 0 ? failuresText(result) : '';
  const before = isUnit ? 'passed before' : 'passed before on the same rows';
  const time = status === 'reused' ? paint(style, 'dim', before) : formatDuration(durationMs);
  const place = span && failureCount > 0 ? paint(style, 'dim', placeOf(span)) : '';
  return `${start}  ${[failures, time, place].filter(Boolean).join('  ')}`;
}

/** `2 failing rows`; of a unit test `2 rows differ`. */
export function failuresText({ failureCount, isUnit }: TestResult): string {
  if (!isUnit) return countOf(failureCount, 'failing row');
  return `${countOf(failureCount, 'row')} ${failureCount === 1 ? 'differs' : 'differ'}`;
}

function lineStart(
  [label, color]: readonly [string, Paint],
  verb: string,
  name: string,
  nameWidth: number,
  style: TextStyle,
): string {
  return `${paint(style, color, padToWidth(label, 5))}  ${padToWidth(verb, 6)}  ${padToWidth(name, nameWidth)}`;
}

/** Why a node is built or reused, in words. Empty for a new one: most often all are. */
export function reasonText(reason: Reason): string {
  switch (reason.kind) {
    case 'new':
      return '';
    case 'unchanged':
      return 'unchanged';
    case 'logic-changed':
      return 'changed';
    case 'input-changed':
      return `input changed: ${listOf(reason.inputs, 3)}`;
    case 'source-changed':
      return 'source changed';
    case 'not-repeatable':
      return `not repeatable: ${reason.because}`;
    case 'full-refresh':
      return 'full refresh';
    case 'schema-changed':
      return 'schema changed';
    case 'not-selected':
      return 'not selected';
    case 'missing-intervals':
      return `missing: ${intervalsText(reason.intervals)}`;
    case 'sample-changed':
      if (reason.now === undefined) return 'all rows instead of a sample';
      return reason.before === undefined ? 'a sample instead of all rows' : 'another sample';
    case 'backfill':
      return `backfill ${intervalText(reason.interval)}`;
  }
}

/** `2024-01-01 to 2024-01-08, 2024-02-01 to 2024-02-02 and 3 more`. */
export function intervalsText(intervals: readonly Interval[]): string {
  return listOf(intervals.map(intervalText), 2);
}

function intervalText({ start, end }: Interval): string {
  return `${momentText(start)} to ${momentText(end)}`;
}

/** `a, b, c and 4 more`. */
export function listOf(names: readonly string[], most: number): string {
  if (names.length <= most + 1) return names.join(', ');
  return `${names.slice(0, most).join(', ')} and ${formatCount(names.length - most)} more`;
}
