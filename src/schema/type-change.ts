import { type ColumnType, printType } from './column-type.js';
import type { RuleId } from './compatibility-rules.js';

const signed = ['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT'];
const unsigned = ['UTINYINT', 'USMALLINT', 'UINTEGER', 'UBIGINT'];
const floats = ['FLOAT', 'DOUBLE'];
const timestamps = ['TIMESTAMP_S', 'TIMESTAMP_MS', 'TIMESTAMP', 'TIMESTAMP_NS'];
const times = ['TIME', 'TIME_NS'];
const zoned = 'TIMESTAMP WITH TIME ZONE';

/**
 * The rule that a change of type falls under, or undefined when the types are the same. Only the outermost
 * type is looked at: what changes inside two lists, structs or maps is the caller's to find.
 */
export function typeChange(before: ColumnType, after: ColumnType): RuleId | undefined {
  if (isList(before) !== isList(after)) return 'scalar-list';
  if (before.kind === 'decimal' && after.kind === 'decimal') return decimalChange(before, after);
  if (before.kind === 'enum' && after.kind === 'enum') return enumChange(before.values, after.values);
  if (before.kind === 'scalar' && after.kind === 'scalar') {
    return before.name === after.name ? undefined : scalarChange(before.name, after.name);
  }
  if (after.kind === 'scalar' && after.name === 'VARCHAR') return 'to-varchar';
  if (before.kind !== after.kind) return 'type-changed';
  const whole =
    before.kind === 'union' || (before.kind === 'array' && before.size !== (after as typeof before).size);
  return whole && printType(before) !== printType(after) ? 'type-changed' : undefined;
}

function isList(type: ColumnType): boolean {
  return type.kind === 'list' || type.kind === 'array';
}

function scalarChange(before: string, after: string): RuleId {
  for (const ladder of [signed, unsigned, floats]) {
    if (ladder.includes(before) && ladder.includes(after)) {
      return ladder.indexOf(before) < ladder.indexOf(after) ? 'type-widened' : 'type-narrowed';
    }
  }
  for (const ladder of [timestamps, times]) {
    if (ladder.includes(before) && ladder.includes(after)) {
      return ladder.indexOf(before) < ladder.indexOf(after) ? 'timestamp-finer' : 'type-narrowed';
    }
  }
  if (isInteger(before)) {
    if (isInteger(after)) return 'sign-changed';
    if (after === 'FLOAT') return 'int-to-float';
    if (after === 'DOUBLE') return /BIGINT$/.test(before) ? 'int64-to-double' : 'int-to-double';
  }
  if (floats.includes(before) && isInteger(after)) return 'type-narrowed';
  if (before === 'DATE' && isTimestamp(after)) return 'date-to-timestamp';
  if (isTimestamp(before) && after === 'DATE') return 'type-narrowed';
  if (isTimestamp(before) && isTimestamp(after)) return 'timestamp-zone-changed';
  const texts = [before, after].sort().join();
  if (texts === 'JSON,VARCHAR') return 'varchar-json';
  return after === 'VARCHAR' ? 'to-varchar' : 'type-changed';
}

function isInteger(name: string): boolean {
  return signed.includes(name) || unsigned.includes(name);
}

function isTimestamp(name: string): boolean {
  return name === zoned || timestamps.includes(name);
}

interface Decimal {
  readonly width: number;
  readonly scale: number;
}

function decimalChange(before: Decimal, after: Decimal): RuleId | undefined {
  if (before.width === after.width && before.scale === after.scale) return undefined;
  const keepsWholeDigits = after.width - after.scale >= before.width - before.scale;
  if (!keepsWholeDigits || after.scale < before.scale) return 'type-narrowed';
  return after.scale === before.scale ? 'type-widened' : 'decimal-rescaled';
}

function enumChange(before: readonly string[], after: readonly string[]): RuleId | undefined {
  if (before.some((value) => !after.includes(value))) {
    return after.some((value) => !before.includes(value)) ? 'type-changed' : 'enum-value-dropped';
  }
  const kept = after.filter((value) => before.includes(value));
  if (kept.some((value, i) => value !== before[i])) return 'enum-reordered';
  return after.length > before.length ? 'enum-value-added' : undefined;
}
