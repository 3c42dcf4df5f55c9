import { durationPattern, type TestMap, type TestReading } from './test-schema.js';

/** Reads a test of how old the newest row may be; `around` is the column that it stands under. */
export function readFreshness(test: TestMap, around: string | undefined): TestReading {
  const { column = around, warn_after, error_after } = test.freshness!;
  if (column === undefined) {
    return {
      problem: 'The test freshness does not say which column to look at.',
      hint: 'add column: updated_at',
    };
  }
  if (around !== undefined && column.toLowerCase() !== around.toLowerCase()) {
    return { problem: 'Under a column, the test freshness is about that column alone.' };
  }
  if (test.severity ?? test.warn_if ?? test.error_if) {
    return {
      problem: 'The test freshness warns or fails by the age of the newest row.',
      hint: 'say when with warn_after and error_after',
    };
  }
  if (warn_after && error_after && minutesOf(warn_after) >= minutesOf(error_after)) {
    return {
      problem: `"error_after" (${error_after}) must be longer than "warn_after" (${warn_after}).`,
      hint: 'leave out warn_after where it is to fail at once',
    };
  }
  const after = [warn_after, error_after].flatMap((time) => time?.trim() ?? []);
  return { kind: 'freshness', columns: [column], after };
}

/** A test of freshness finds a row for each limit that is exceeded: where there are two, the first one only warns. */
export function thresholdsOf({ freshness }: TestMap): Pick<TestMap, 'severity' | 'error_if'> {
  if (freshness?.warn_after === undefined) return {};
  return freshness.error_after === undefined ? { severity: 'warn' } : { error_if: '> 1' };
}

const minutesIn: Readonly<Record<string, number>> = { minute: 1, hour: 60, day: 1440, week: 10_080 };

function minutesOf(duration: string): number {
  const [, count, unit = ''] = durationPattern.exec(duration)!;
  return Number(count) * minutesIn[unit]!;
}
