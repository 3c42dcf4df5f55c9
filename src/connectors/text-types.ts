import { quoteString } from '../util/sql-quote.js';

/** strptime formats of temporal texts; without one, ISO 8601. */
export interface TextFormats {
  readonly date?: string | undefined;
  readonly timestamp?: string | undefined;
}

/** What all the texts of a column have in common. Each figure is the worst of any text. */
export interface TextEvidence {
  /** Number of texts that are not NULL. */
  readonly count: number;
  /** 0: BIGINT, 1: DECIMAL(38,0), 2: DOUBLE, 3: no number. Only where the type keeps every digit. */
  readonly number: number | null;
  /** Some whole number would lose digits as DOUBLE. */
  readonly wide: boolean | null;
  readonly boolean: boolean | null;
  readonly date: boolean | null;
  readonly time: boolean | null;
  /** 0: without time zone, 1: some without and some with, 2: with, 3: no timestamp. */
  readonly timestamp: number | null;
}

/** What a first look leaves possible, so that the look at all rows tests for nothing else. */
export type TextFamily = 'number' | 'boolean' | 'temporal' | 'text' | 'any';

const wholeNumber = '-?(0|[1-9][0-9]*)';
const decimalNumber = String.raw`-?((0|[1-9][0-9]*)(\.[0-9]+)?|\.[0-9]+)([eE][+-]?[0-9]+)?`;
const isoTimestamp = String.raw`\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?)?`;
const isoZoned = String.raw`\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}(:?\d{2})?)`;

/**
 * An aggregate over text `x` that gives a `TextEvidence` as a STRUCT. A type counts only if no text changes by
 * being read as it: a leading zero, a plus sign or digits beyond the type's precision rule it out.
 */
export function evidenceSql(x: string, family: TextFamily, formats: TextFormats): string {
  const all = family === 'any';
  const aggregates: Readonly<Record<keyof TextEvidence, string>> = {
    count: `count(${x})::double`,
    number: all || family === 'number' ? `max(${numberClass(x)})` : 'null::integer',
    wide:
      all || family === 'number'
        ? `bool_or(length(${x}) > 15 and regexp_full_match(${x}, ${quoteString(wholeNumber)}))`
        : 'null::boolean',
    boolean: all || family === 'boolean' ? `bool_and(lower(${x}) in ('true', 'false'))` : 'null::boolean',
    date:
      all || family === 'temporal'
        ? `bool_and(${isDate(x, formats)}) filter (${x} is not null)`
        : 'null::boolean',
    time:
      all || family === 'temporal'
        ? `bool_and(coalesce(try_cast(${x} as time)::varchar = ${x}, false)) filter (${x} is not null)`
        : 'null::boolean',
    timestamp: all || family === 'temporal' ? timestampClass(x, formats) : 'null::integer',
  };
  const fields = Object.entries(aggregates).map(([name, sql]) => `"${name}" := ${sql}`);
  return `struct_pack(${fields.join(', ')})`;
}

function numberClass(x: string): string {
  return `case when ${x} is null then null
    when try_cast(${x} as bigint)::varchar = ${x} then 0
    when try_cast(${x} as decimal(38,0))::varchar = ${x} then 1
    when regexp_full_match(${x}, ${quoteString(decimalNumber)}) and isfinite(try_cast(${x} as double))
      and (length(regexp_replace(${x}, '[eE].*|[^0-9]', '', 'g')) <= 15 or try_cast(${x} as double)::varchar = ${x}) then 2
    else 3 end`;
}

function isDate(x: string, { date }: TextFormats): string {
  return date === undefined
    ? `coalesce(try_cast(${x} as date)::varchar = ${x}, false)`
    : `try_strptime(${x}, ${quoteString(date)}) is not null`;
}

function timestampClass(x: string, { timestamp }: TextFormats): string {
  if (timestamp !== undefined) {
    const zoned = hasZone(timestamp) ? 2 : 0;
    return `max(case when ${x} is null then null when try_strptime(${x}, ${quoteString(timestamp)}) is not null then ${zoned} else 3 end)`;
  }
  const plain = `regexp_full_match(${x}, ${quoteString(isoTimestamp)}) and try_cast(${x} as timestamp) is not null`;
  const zoned = `regexp_full_match(${x}, ${quoteString(isoZoned)}) and try_cast(${x} as timestamptz) is not null`;
  const all = (condition: string) => `bool_and(${condition}) filter (${x} is not null)`;
  return `case when ${all(plain)} then 0 when ${all(zoned)} then 2 when ${all(`(${plain}) or (${zoned})`)} then 1 else 3 end`;
}

/** True when a strptime format reads a time zone. */
export function hasZone(timestampFormat: string): boolean {
  return /%[zZ]/.test(timestampFormat);
}

/** What is still possible after a look at some rows. */
export function familyOf(evidence: TextEvidence): TextFamily {
  if (evidence.count === 0) return 'any';
  if ((evidence.number ?? 3) < 3) return 'number';
  if (evidence.boolean) return 'boolean';
  return evidence.date || evidence.time || (evidence.timestamp ?? 3) < 3 ? 'temporal' : 'text';
}

/** The evidence of several sets of rows together. */
export function mergeEvidence(a: TextEvidence, b: TextEvidence): TextEvidence {
  if (a.count === 0) return b;
  if (b.count === 0) return a;
  const worst = (m: number | null, n: number | null) => Math.max(m ?? 3, n ?? 3);
  const timestamps = [a.timestamp ?? 3, b.timestamp ?? 3];
  return {
    count: a.count + b.count,
    number: worst(a.number, b.number),
    wide: a.wide || b.wide,
    boolean: a.boolean && b.boolean,
    date: a.date && b.date,
    time: a.time && b.time,
    timestamp: timestamps.includes(3) ? 3 : timestamps[0] === timestamps[1] ? timestamps[0]! : 1,
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
  if (evidence.timestamp === 0) return 'TIMESTAMP';
  if (evidence.timestamp === 2) return 'TIMESTAMP WITH TIME ZONE';
  return 'VARCHAR';
}
