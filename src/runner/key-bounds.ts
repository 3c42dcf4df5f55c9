import type { DataFile } from '../ir/table-version.js';
import type { Column } from '../schema/table-schema.js';
import { own } from '../util/own.js';
import { quoteString } from '../util/sql-quote.js';

/** Types whose statistics, as text, say where values lie. */
const ordered = /^(U?(TINY|SMALL|BIG)?INT(EGER)?|DECIMAL\(.*\)|DATE|TIMESTAMP( .*|_NS)?|VARCHAR|BOOLEAN)$/;

/** Whether the statistics of a file say between which values those of a column lie. */
export function hasBounds({ stats }: DataFile, { name, type }: Column): boolean {
  const bounds = own(stats, name);
  return ordered.test(type) && bounds?.min !== undefined && bounds.max !== undefined;
}

/** `bounds(i, low, high, has_null) as (values …)`, for WITH: a row for each file, all of which have bounds. */
export function boundsTable(files: readonly DataFile[], { name, type }: Column): string {
  const rows = files.map((file, i) => {
    const { min, max, nullCount } = own(file.stats, name)!;
    const [low, high] = [min!, max!].map((bound) => `cast(${quoteString(bound)} as ${type})`);
    return `(${i}, ${low}, ${high}, ${nullCount !== 0})`;
  });
  return `bounds(i, low, high, has_null) as (values ${rows.join(', ')})`;
}
