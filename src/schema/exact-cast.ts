import { quoteString } from '../util/sql-quote.js';
import type { RuleId } from './compatibility-rules.js';
import { parseType } from './parse-type.js';
import { storedType } from './stored-type.js';
import { typeChange } from './type-change.js';

const adviceForQueries = 'cast it in the query, or build the table anew';

/** Changes of type that keep every number and time. */
export const exactChanges: readonly RuleId[] = ['type-widened', 'int-to-double', 'date-to-timestamp'];

/**
 * A cast that loses nothing: a value that does not come back as it was is an error when the query runs. Lists, structs
 * and maps are cast as DuckDB does.
 *
 * ```sql
 * case when cast(cast("v" as INTEGER) as DOUBLE) is distinct from "v" then error('…') else cast("v" as INTEGER) end
 * ```
 *
 * @param value SQL of the type `from`
 * @param name what the error calls it
 * @param advice ends the error
 */
export function exactCast(
  value: string,
  from: string,
  to: string,
  name: string,
  advice = adviceForQueries,
): string {
  const cast = `cast(${value} as ${to})`;
  const stored = storedType(from);
  const [before, after] = [parseType('type' in stored ? stored.type : from), parseType(to)];
  const change = typeChange(before, after);
  if (change === undefined || change === 'to-varchar' || exactChanges.includes(change)) return cast;
  if (isNested(before.kind) || isNested(after.kind)) return cast;
  const [text, rest] = [
    `The column "${name}" is ${to} and would not hold `,
    `, which is ${from}, as it is: ${advice}`,
  ].map(quoteString);
  return `case when cast(${cast} as ${from}) is distinct from ${value} then error(${text} || cast(${value} as varchar) || ${rest}) else ${cast} end`;
}

function isNested(kind: string): boolean {
  return /^(list|array|struct|map|union)$/.test(kind);
}
