import type { DiffSide, SampleRow, TableDiff } from '../ir/table-diff.js';
import { countOf, formatCount } from '../util/format-units.js';
import { own } from '../util/own.js';
import { type Paint, paint, type TextStyle } from '../util/text-style.js';
import { renderTable } from './table.js';

const classColors: Readonly<Record<string, Paint>> = { safe: 'green', warning: 'yellow', breaking: 'red' };

/** What differs between two versions of tables, for people. Ends with a line break. */
export function diffText(diffs: readonly TableDiff[], style: TextStyle): string {
  const shown = diffs.filter((diff) => !diff.isSame || diffs.length === 1 || diff.notes.length > 0);
  if (shown.length === 0) return 'No differences.\n';
  return shown.map((diff) => tableText(diff, style)).join('\n');
}

function tableText(diff: TableDiff, style: TextStyle): string {
  const { table, from, to, schema, rows, notes } = diff;
  const arrow = style.unicode ? '→' : '->';
  const lines = [
    `${paint(style, 'bold', table)}  ${paint(style, 'dim', `${from.label} ${arrow} ${to.label}`)}`,
    ...notes.map((note) => `  ${paint(style, 'yellow', 'note')}     ${note}`),
    ...schema.map((change) => {
      const label = paint(style, classColors[change.class]!, change.class.padEnd(8));
      return `  ${label} ${change.message}`;
    }),
    `  rows     ${rowsText(diff, arrow)}`,
  ];
  if (rows.columns.length > 0) {
    const counts = rows.columns.map(({ name, changedCount }) => `${name} ${formatCount(changedCount)}`);
    lines.push(`  columns  ${counts.join(', ')}`);
  }
  const { added, removed, changed } = rows.samples;
  const samples: readonly [string, readonly SampleRow[], number][] = [
    ['changed', changed, rows.changedCount],
    ['added', added, rows.addedCount],
    ['removed', removed, rows.removedCount],
  ];
  for (const [what, sample, rowCount] of samples) {
    if (sample.length > 0) lines.push(sampleText(what, sample, rowCount, style));
  }
  return `${lines.join('\n')}\n`;
}

/** `1,000 → 1,010: 12 added, 2 removed, 5 changed by id, 993 unchanged`. */
export function rowsText({ from, to, rows }: TableDiff, arrow = '→'): string {
  const { key, addedCount, removedCount, changedCount } = rows;
  if (from.versionId === undefined) return `new ${kindOf(to)}`;
  if (to.versionId === undefined) return `gone; it was a ${kindOf(from)}`;
  if (addedCount + removedCount + changedCount === 0) return 'no differences';
  const parts = [`${formatCount(addedCount)} added`, `${formatCount(removedCount)} removed`];
  if (key) parts.push(`${formatCount(changedCount)} changed (by ${key.join(', ')})`);
  if (from.rowCount === undefined || to.rowCount === undefined) return parts.join(', ');
  parts.push(`${formatCount(to.rowCount - addedCount - changedCount)} unchanged`);
  return `${formatCount(from.rowCount)} ${arrow} ${formatCount(to.rowCount)}: ${parts.join(', ')}`;
}

function kindOf({ rowCount }: DiffSide): string {
  return rowCount === undefined ? 'view' : `table of ${countOf(rowCount, 'row')}`;
}

function sampleText(what: string, sample: readonly SampleRow[], rowCount: number, style: TextStyle): string {
  const names = Object.keys(sample[0]!);
  const table = renderTable(
    names.map((name) => ({ name })),
    { head: sample.map((row) => names.map((name) => own(row, name))), rowCount },
    { ...style, width: style.width - 2 },
    false,
  );
  const head =
    sample.length < rowCount
      ? `${what}, ${formatCount(sample.length)} of ${countOf(rowCount, 'row')}:`
      : `${what}:`;
  return `${head}\n${table}`.replace(/^/gm, '  ');
}
