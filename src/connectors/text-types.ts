import { quoteString } from '../util/sql-quote.js';

/** strptime formats of temporal texts; without one, ISO 8601. */
export interface TextFormats {
  readonly date?: string | undefined;
  readonly timestamp?: string | undefined;
}

/** What the texts of a column could be. Each is tested alone; null where it was not. */
export interface TextEvidence {
  /** Number of texts that are not NULL. */
  readonly count: number;
  /** The widest that some text needs. 0: BIGINT, 1: DECIMAL(38,0), 2: DOUBLE, 3: no number. */
  readonly number: number | null;
  /** Some whole number would lose digits as DOUBLE. */
  readonly wide: boolean | null;
  readonly boolean: boolean | null;
  readonly date: boolean | null;
  readonly time: boolean | null;
  readonly timestamp: boolean | null;
  /** Timestamps with time zone. */
  readonly zoned: boolean | null;
}

/** What no text at all says. */
export const noEvidence: TextEvidence = {
  count: 0,
  number: null,
  wide: null,
  boolean: null,
  date: null,
  time: null,
  timestamp: null,
  zoned: null,
};

type Test = Exclude<keyof TextEvidence, 'count'>;

/** What a column may be, so that its texts are tested for nothing else; `presence`: only whether there are any. */
export type TextFamily =
  | 'any'
  | 'number'
  | 'boolean'
  | 'date'
  | 'time'
  | 'timestamp'
  | 'zoned'
  | 'temporal'
  | 'presence'
  | 'text';

const testsByFamily: Readonly<Record<TextFamily, readonly Test[]>> = {
  any: ['number', 'wide', 'boolean', 'date', 'time', 'timestamp', 'zoned'],
  number: ['number', 'wide'],
  boolean: ['boolean'],
  date: ['date', 'timestamp'],
  time: ['time'],
  timestamp: ['timestamp'],
  zoned: ['zoned'],
  temporal: ['date', 'time', 'timestamp', 'zoned'],
  presence: [],
  text: [],
};

/**
 * An aggregate over text `x` that gives a `TextEvidence` as a STRUCT. A type counts only if no text changes by
 * being read as it: a leading zero, a plus sign or digits beyond the type's precision rule it out.
 */
export function evidenceSql(x: string, family: TextFamily, formats: TextFormats): string {
  const every = (condition: string) => `bool_and(case when ${x} is not null then ${condition} end)`;
  const tests: Readonly<Record<Test, () => string>> = {
    number: () => `max(${numberClass(x)})`,
    wide: () =>
      `bool_or(case when length(${x}) > 15 then regexp_full_match(${x}, '-?[0-9]+') else false end)`,
    boolean: () => every(`lower(${x}) in ('true', 'false')`),
    date: () => every(isDate(x, formats)),
    time: () => every(`coalesce(try_cast(${x} as time)::varchar = ${x}, false)`),
    timestamp: () => every(isTimestamp(x, formats)),
    zoned: () => every(isZoned(x, formats)),
  };
  const asked = testsByFamily[family];
  const fields = Object.entries(tests).map(
    ([test, sql]) => `"${test}" := ${asked.includes(test as Test) ? sql() : 'null'}`,
  );
  return `struct_pack("count" := count(${x})::double, ${fields.join(', ')})`;
}

const number = String.raw`-?((0|[1-9][0-9]*)(\.[0-9]+)?|\.[0-9]+)([eE][+-]?[0-9]+)?`;

// The casts that are tried first are cheap; one to DECIMAL takes 28 microseconds where it fails.
function numberClass(x: string): string {
  return `case when ${x} is null then null
    when try_cast(${x} as bigint)::varchar = ${x} then 0
    when not regexp_full_match(${x}, ${quoteString(number)}) then 3
    when regexp_full_match(${x}, '-?[1-9][0-9]{0,37}') then 1
    when not isfinite(try_cast(${x} as double)) then 3
    when length(${x}) <= 16 then 2
    when length(regexp_replace(${x}, '[eE].*|[^0-9]', '', 'g')) <= 15 then 2
    when try_cast(${x} as double)::varchar = ${x} then 2
    else 3 end`;
}

function isDate(x: string, { date }: TextFormats): string {
  return date === undefined
    ? `coalesce(try_cast(${x} as date)::varchar = ${x}, false)`
    : `try_strptime(${x}, ${quoteString(date)}) is not null`;
}

const isoTimestamp = String.raw`\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?)?`;
const isoZoned = String.raw`\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}(:?\d{2})?)`;

function isTimestamp(x: string, { timestamp }: TextFormats): string {
  if (timestamp !== undefined) return hasZone(timestamp) ? 'false' : matches(x, timestamp);
  return `case when try_cast(${x} as timestamp)::varchar = ${x} then true
    when regexp_full_match(${x}, ${quoteString(isoTimestamp)}) then try_cast(${x} as timestamp) is not null
    else false end`;
}

function isZoned(x: string, { timestamp }: TextFormats): string {
  if (timestamp !== undefined) return hasZone(timestamp) ? matches(x, timestamp) : 'false';
  return `case when regexp_full_match(${x}, ${quoteString(isoZoned)}) then try_cast(${x} as timestamptz) is not null else false end`;
}

function matches(x: string, format: string): string {
  return `try_strptime(${x}, ${quoteString(format)}) is not null`;
}

/** True when a strptime format reads a time zone. */
export function hasZone(timestampFormat: string): boolean {
  return /%[zZ]/.test(timestampFormat);
}

/** What is still possible after a look at some texts, which were tested for `family`. */
export function familyOf(evidence: TextEvidence, family: TextFamily): TextFamily {
  if (evidence.count === 0) return family;
  if ((evidence.number ?? 3) < 3) return 'number';
  for (const found of ['boolean', 'date', 'time', 'timestamp', 'zoned'] as const)
    if (evidence[found]) return found;
  return 'text';
}

/** The evidence of several sets of texts together. */
export function mergeEvidence(a: TextEvidence, b: TextEvidence): TextEvidence {
  if (a.count === 0) return b;
  if (b.count === 0) return a;
  return {
    count: a.count + b.count,
    number: Math.max(a.number ?? 3, b.number ?? 3),
    wide: a.wide || b.wide,
    boolean: a.boolean && b.boolean,
    date: a.date && b.date,
    time: a.time && b.time,
    timestamp: a.timestamp && b.timestamp,
    zoned: a.zoned && b.zoned,
  };
}

/** The DuckDB type that holds every text of the column exactly; VARCHAR when none does, or when there are no texts. */
export function typeOfEvidence(evidence: TextEvidence): string {
  if (evidence.count === 0) return 'VARCHAR';
  if (evidence.number === 0) return 'BIGINT';
  if (evidence.number === 1) return 'DECIMAL(38,0)';
  if (evidence.number === 2) return evidence.wide ? 'VARCHAR' : 'DOUBLE';
  if (evidence.boolean) return 'BOOLEAN';
  if (evidence.date) return 'DATE';
  if (evidence.time) return 'TIME';
  if (evidence.timestamp) return 'TIMESTAMP';
  return evidence.zoned ? 'TIMESTAMP WITH TIME ZONE' : 'VARCHAR';
}
