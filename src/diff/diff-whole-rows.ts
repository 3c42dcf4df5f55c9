import type { RowDiff, SampleRow } from '../ir/table-diff.js';
import { quoteIdentifier } from '../util/sql-quote.js';
import { sideColumns } from './compared-columns.js';
import { differences, newRows, oldRows, type PreparedDiff, sampleRows } from './prepared-diff.js';

/** Compares rows as a whole, over the columns that both sides have: equal rows cancel out, however often they come. */
export async function diffWholeRows(diff: PreparedDiff): Promise<RowDiff> {
  const { connection, columns, sampleCount } = diff;
  const names = columns.map(({ alias }) => alias);
  const lost = columns
    .filter(({ from, to }) => from.type !== to.type)
    .map(({ alias }) => `false as ${alias}_lost`);
  const groups = [...names, ...lost.map((each) => each.slice('false as '.length))];
  const [added, removed] = [sideColumns(columns, 'to'), sideColumns(columns, 'from')];
  await connection.run(
    `create or replace temp table ${differences} as
     select ${[...groups, 'sum(times) as times'].join(', ')} from (
       select ${[added, ...lost, '1 as times'].filter(Boolean).join(', ')} from ${newRows}
       union all by name
       select ${[removed, '-1 as times'].filter(Boolean).join(', ')} from ${oldRows}
     ) ${groups.length > 0 ? 'group by all' : ''} having sum(times) <> 0`,
  );
  const [counts] = await connection.rows(
    `select coalesce(sum(times) filter (times > 0), 0) as added, coalesce(-sum(times) filter (times < 0), 0) as removed from ${differences}`,
  );
  const sample = (condition: string): Promise<readonly SampleRow[]> => {
    const shown = columns.map(({ to, alias }) => `cast(${alias} as varchar) as ${quoteIdentifier(to.name)}`);
    if (shown.length === 0) return Promise.resolve([]);
    return sampleRows(
      connection,
      `select ${shown.join(', ')} from ${differences} where times ${condition} order by ${names.join(', ')} limit ${sampleCount}`,
    );
  };
  return {
    addedCount: Number(counts!.added),
    removedCount: Number(counts!.removed),
    changedCount: 0,
    columns: [],
    samples: { added: await sample('> 0'), removed: await sample('< 0'), changed: [] },
  };
}
