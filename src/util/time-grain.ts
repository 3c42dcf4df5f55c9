export const timeGrains = ['minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'] as const;
/** How long the intervals of a table are; all start on UTC's clock, weeks on Mondays. */
export type TimeGrain = (typeof timeGrains)[number];

const fixedMs: Partial<Record<TimeGrain, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
};
const months: Partial<Record<TimeGrain, number>> = { month: 1, quarter: 3, year: 12 };
/** 1970-01-05 was a Monday. */
const firstMondayMs = 4 * 86_400_000;

/** No interval reaches the year 9999: what is of it, or later, stands for no time at all. */
export const endOfTime = '9999-01-01T00:00:00Z';

/** The start of the interval that a moment lies in. All times are milliseconds since 1970 in UTC. */
export function floorToGrain(grain: TimeGrain, timeMs: number): number {
  const fixed = fixedMs[grain];
  if (fixed !== undefined) {
    const origin = grain === 'week' ? firstMondayMs : 0;
    return Math.floor((timeMs - origin) / fixed) * fixed + origin;
  }
  const count = months[grain]!;
  const date = new Date(timeMs);
  return monthMs(Math.floor((date.getUTCFullYear() * 12 + date.getUTCMonth()) / count) * count);
}

/** The start of the interval `count` intervals behind (or, negative, before) the one that starts at `startMs`. */
export function addGrains(grain: TimeGrain, startMs: number, count: number): number {
  const fixed = fixedMs[grain];
  if (fixed !== undefined) return startMs + count * fixed;
  const date = new Date(startMs);
  return monthMs(date.getUTCFullYear() * 12 + date.getUTCMonth() + count * months[grain]!);
}

/** How many intervals it takes from the start of one to reach a moment. */
export function countGrains(grain: TimeGrain, startMs: number, endMs: number): number {
  const fixed = fixedMs[grain];
  if (fixed !== undefined) return Math.ceil((endMs - startMs) / fixed);
  const [start, end] = [new Date(startMs), new Date(ceilToGrain(grain, endMs - 1))];
  const years = end.getUTCFullYear() - start.getUTCFullYear();
  return (years * 12 + end.getUTCMonth() - start.getUTCMonth()) / months[grain]!;
}

/** The end of the interval that a moment lies in. */
export function ceilToGrain(grain: TimeGrain, timeMs: number): number {
  return addGrains(grain, floorToGrain(grain, timeMs), 1);
}

/** `2024-01-01T00:00:00Z`, which every DuckDB type of time reads the same in every time zone. */
export function timeText(timeMs: number): string {
  return new Date(timeMs).toISOString().replace('.000Z', 'Z');
}

/** Reads ISO 8601, and what DuckDB writes; without a zone it is UTC. Undefined for anything else. */
export function parseTime(text: string): number | undefined {
  const [, date, time = '00:00:00', fraction = '', zone = ''] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(\.\d+)?)?(Z|[+-]\d\d(?::?\d\d)?)?$/.exec(text.trim()) ??
    [];
  if (date === undefined || !isDate(date)) return undefined;
  const offset = zone === '' || zone === 'Z' ? 'Z' : zone.length === 3 ? `${zone}:00` : zone;
  const parsed = Date.parse(`${date}T${time}${fraction.slice(0, 4)}${offset}`);
  return Number.isNaN(parsed) ? undefined : parsed;
}

/** JavaScript takes February 30 for March 1. */
function isDate(text: string): boolean {
  const parsed = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(text);
}

function monthMs(index: number): number {
  const date = new Date(0);
  date.setUTCFullYear(Math.floor(index / 12), index - Math.floor(index / 12) * 12, 1);
  return date.getTime();
}
