import type { Cli } from './cli.js';

/** Prints rows under the names of their columns. */
export async function printTable(
  cli: Cli,
  columns: readonly string[],
  rows: readonly (readonly unknown[])[],
): Promise<void> {
  const { renderTable } = await import('../reporters/table.js');
  const named = columns.map((name) => ({ name }));
  const text = renderTable(named, { head: rows, rowCount: rows.length }, cli.style('stdout'), false);
  cli.stdout.write(`${text}\n`);
}
