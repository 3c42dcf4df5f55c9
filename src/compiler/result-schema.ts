import { isDeclarable } from '../schema/is-declarable.js';
import { storedType } from '../schema/stored-type.js';
import type { Column } from '../schema/table-schema.js';
import { quoteIdentifier } from '../util/sql-quote.js';
import type { BindingProblem } from './explain-binding.js';
import { firstToken, type Stretch } from './locate.js';
import { selectItem } from './select-list.js';

/**
 * The columns that a query's table has: with types as stored where its rows rest as Parquet. A type without
 * a Parquet form, and a name that comes twice, are problems.
 */
export function resultSchema(
  result: readonly Column[],
  sql: string,
  storesRows: boolean,
): { readonly columns: readonly Column[]; readonly problems: readonly BindingProblem[] } {
  const problems: BindingProblem[] = [];
  const columns: Column[] = [];
  const seen = new Set<string>();
  const twice: { readonly name: string; readonly index: number }[] = [];
  for (const [index, { name, type }] of result.entries()) {
    const lower = name.toLowerCase();
    if (seen.has(lower)) twice.push({ name, index });
    seen.add(lower);
    // A table stands for the result while others are bound.
    const isKept = !storesRows && !type.includes('"NULL"') && isDeclarable(type);
    const stored = isKept ? { type } : storedType(type);
    if ('problem' in stored) {
      problems.push({
        code: 'compile/unsupported-type',
        message: `Column "${name}" has the type ${type}, which cannot be stored: ${stored.problem}.`,
        hint: `write \`${stored.cast}\``,
        ...(selectItem(sql, name, index) ?? firstToken(sql)),
      });
    } else {
      columns.push({ name, type: stored.type });
    }
  }
  return { columns, problems: [...problems, ...duplicates(sql, twice)] };
}

/** One problem for each place: a star can bring many names twice. */
function duplicates(
  sql: string,
  twice: readonly { readonly name: string; readonly index: number }[],
): readonly BindingProblem[] {
  const byPlace = new Map<number, { readonly place: Stretch; readonly names: string[] }>();
  for (const { name, index } of twice) {
    const place = selectItem(sql, name, index, 1) ?? firstToken(sql);
    const group = byPlace.get(place.start) ?? { place, names: [] };
    group.names.push(quoteIdentifier(name));
    byPlace.set(place.start, group);
  }
  return [...byPlace.values()].map(({ place: { start, end }, names }) => ({
    code: 'compile/duplicate-column',
    message: `The result has two columns named ${names.join(', ')}.`,
    hint: `give one another name with \`as\`, or leave it out of a star: \`* exclude (${names.join(', ')})\``,
    start,
    end,
  }));
}
