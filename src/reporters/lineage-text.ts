import type { ColumnSource, LineageReport, TablePart } from '../ir/column-lineage.js';
import { displayWidth, padToWidth } from '../util/display-width.js';
import { paint, type TextStyle } from '../util/text-style.js';

/**
 * Lineage for people: of a table each column with the columns beside it on either side, of a column two trees.
 * Ends without a line break.
 */
export function lineageText(report: LineageReport, style: TextStyle): string {
  const { table, column, kind, path, columns, untraced } = report;
  const title = column === undefined ? table : partText({ table, column });
  const what = column === undefined ? kind : (columns[0]?.type ?? '');
  const lines = [`${paint(style, 'bold', title)}  ${paint(style, 'dim', `${what}  ${path}`)}`, ''];
  lines.push(...(column === undefined ? tableLines(report, style) : columnLines(report, column, style)));
  if (untraced.length > 0) lines.push('', ...list('not traced', untraced, style));
  return lines.join('\n');
}

/** What is made of what, one step each way. */
function tableLines(
  { table, columns, above, below, rows, inputs, readers }: LineageReport,
  style: TextStyle,
) {
  const width = Math.max(0, ...columns.map(({ name }) => displayWidth(name)));
  const lines = columns.flatMap(({ name, type }) => {
    const from = above.filter(({ to }) => to.column === name).map((edge) => partText(edge.from));
    const to = below.filter((edge) => isSame(edge.from.column, name)).map((edge) => partText(edge.to));
    const head = `${padToWidth(name, width)}  ${paint(style, 'dim', type)}`;
    return [head, ...list('  from', from, style), ...list('  to  ', to, style)];
  });
  const deciding = list('  from', rows.map(partText), style);
  if (deciding.length > 0) lines.push(`rows of ${table}`, ...deciding);
  const around = [...list('reads  ', inputs, style), ...list('read by', readers, style)];
  return around.length > 0 ? [...lines, '', ...around] : lines;
}

/** Where a column comes from, and where it goes. */
function columnLines({ table, above, below, rows }: LineageReport, column: string, style: TextStyle) {
  const start = { table, column };
  const up = tree(start, stepsOf(above.map(({ from, to }) => [to, from])), style);
  const down = tree(start, stepsOf(below.map(({ from, to }) => [from, to])), style);
  const sections: (readonly string[])[] = [];
  if (up.length > 0) sections.push(['made from', ...up]);
  if (down.length > 0) sections.push(['goes into', ...down]);
  const deciding = list(`rows of ${table} are decided by`, rows.map(partText), style);
  if (deciding.length > 0) sections.push(deciding);
  if (sections.length === 0) sections.push(['no column goes into it, and it goes into none']);
  return sections.flatMap((section, i) => (i === 0 ? section : ['', ...section]));
}

type Steps = (part: TablePart) => readonly TablePart[];

/** What comes next behind each part. */
function stepsOf(pairs: readonly (readonly [here: TablePart, next: TablePart])[]): Steps {
  const steps = new Map<string, TablePart[]>();
  for (const [here, next] of pairs) steps.set(keyOf(here), [...(steps.get(keyOf(here)) ?? []), next]);
  return (part) => steps.get(keyOf(part)) ?? [];
}

/** An indented line for each part; what stands under one that came before is not repeated. */
function tree(start: TablePart, next: Steps, style: TextStyle): readonly string[] {
  const seen = new Set([keyOf(start)]);
  const lines: string[] = [];
  const visit = (part: TablePart, indent: string) => {
    for (const each of next(part)) {
      const isKnown = seen.has(keyOf(each));
      seen.add(keyOf(each));
      const isAbove = isKnown && next(each).length > 0;
      lines.push(`${indent}${partText(each)}${isAbove ? paint(style, 'dim', '  (see above)') : ''}`);
      if (!isKnown) visit(each, `${indent}  `);
    }
  };
  visit(start, '  ');
  return lines;
}

/** `label  one, two, …`, in lines that fit; none where there is nothing to list. */
function list(label: string, items: readonly string[], style: TextStyle): readonly string[] {
  const lines: string[] = [];
  let line = `${label} `;
  for (const [i, item] of items.entries()) {
    const text = i < items.length - 1 ? `${item},` : item;
    if (displayWidth(line) + displayWidth(text) + 1 > style.width && line.trim() !== '') {
      lines.push(line.trimEnd());
      line = ' '.repeat(displayWidth(label) + 1);
    }
    line += ` ${text}`;
  }
  return items.length > 0 ? [...lines, line] : [];
}

function partText({ table, column }: TablePart | ColumnSource): string {
  return column === undefined ? `${table} (which rows)` : `${table}.${column}`;
}

function isSame(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

function keyOf({ table, column }: TablePart): string {
  return `${table}\n${column?.toLowerCase() ?? ''}`;
}
