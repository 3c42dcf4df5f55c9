import type { RowDiff } from '../ir/table-diff.js';
import { quoteIdentifier } from '../util/sql-quote.js';
import { comparedColumns } from './compared-columns.js';
import { diffByKey } from './diff-by-key.js';
import { diffWholeRows } from './diff-whole-rows.js';
import { type DiffRowsInput, differences, newRows, oldRows, type PreparedDiff } from './prepared-diff.js';

/**
 * Compares the rows of two versions in the engine, which spills to disk what does not fit into memory. Where the
 * key has duplicates, whole rows are compared, and a note says so.
 */
export async function diffRows(
  input: DiffRowsInput,
): Promise<{ readonly rows: RowDiff; readonly notes: readonly string[] }> {
  const { connection, from, to, key } = input;
  await connection.run(`create or replace temp view ${oldRows} as\n${from.sql}`);
  await connection.run(`create or replace temp view ${newRows} as\n${to.sql}`);
  const columns = comparedColumns(from.schema, to.schema);
  try {
    if (!key) return { rows: await diffWholeRows({ ...input, columns, keyColumns: [] }), notes: [] };
    const keyColumns = key.flatMap(
      (name) => columns.find((column) => column.to.name.toLowerCase() === name.toLowerCase()) ?? [],
    );
    const prepared = { ...input, columns, keyColumns };
    const duplicates = await duplicateKeys(prepared);
    if (duplicates === 0 && keyColumns.length === key.length) {
      return { rows: await diffByKey(prepared), notes: [] };
    }
    const why =
      keyColumns.length < key.length
        ? 'is not on both sides'
        : `has duplicates (${duplicates} of its values)`;
    const note = `The key ${key.join(', ')} ${why}, so whole rows were compared.`;
    return { rows: await diffWholeRows(prepared), notes: [note] };
  } finally {
    await connection.run(`drop table if exists ${differences}; drop view ${oldRows}; drop view ${newRows}`);
  }
}

async function duplicateKeys({ connection, keyColumns }: PreparedDiff): Promise<number> {
  if (keyColumns.length === 0) return 0;
  const countOn = (view: string, side: 'from' | 'to') => {
    const names = keyColumns.map((column) => quoteIdentifier(column[side].name)).join(', ');
    return `(select count(*) from (select 1 from ${view} group by ${names} having count(*) > 1))`;
  };
  const [row] = await connection.rows(
    `select ${countOn(oldRows, 'from')} + ${countOn(newRows, 'to')} as count`,
  );
  return Number(row!.count);
}
