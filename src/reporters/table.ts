import { padToWidth, truncateToWidth } from '../util/display-width.js';
import { countOf, formatCount } from '../util/format-units.js';
import { paint, type TextStyle } from '../util/text-style.js';
import { type ColumnLayout, fitColumns, layoutColumn, type TableColumn } from './table-layout.js';

/** Rows to show: all of them, or the first and the last of many. */
export interface TableRows {
  readonly head: readonly (readonly unknown[])[];
  readonly tail?: readonly (readonly unknown[])[];
  readonly rowCount: number;
}

type Corners = readonly [left: string, middle: string, right: string];

interface Border {
  readonly top: Corners;
  readonly middle: Corners;
  readonly bottom: Corners;
  readonly bar: string;
  readonly dash: string;
  readonly gap: string;
  readonly ellipsis: string;
}

const unicodeBorder: Border = {
  top: ['┌', '┬', '┐'],
  middle: ['├', '┼', '┤'],
  bottom: ['└', '┴', '┘'],
  bar: '│',
  dash: '─',
  gap: '·',
  ellipsis: '…',
};
const corner: Corners = ['+', '+', '+'];
const asciiBorder: Border = {
  top: corner,
  middle: corner,
  bottom: corner,
  bar: '|',
  dash: '-',
  gap: ':',
  ellipsis: '...',
};

/**
 * A table in a box, as wide as the output at most: long values are cut, then columns in the middle are
 * left out; a line below says how many there are. Ends without a line break.
 *
 * @param footer whether to count rows and columns below
 */
export function renderTable(
  columns: readonly TableColumn[],
  rows: TableRows,
  style: TextStyle,
  footer = true,
): string {
  const border = style.unicode ? unicodeBorder : asciiBorder;
  const shownRows = [...rows.head, ...(rows.tail ?? [])];
  const layouts = columns.map((column, i) => {
    const values = shownRows.map((row) => row[i]);
    return layoutColumn(column, values);
  });
  const shown = fitColumns(layouts, style.width, border.ellipsis.length);
  const dim = (text: string) => paint(style, 'dim', text);
  const line = (content: (layout: ColumnLayout) => string) => {
    const cells = shown.map((layout) => (layout ? content(layout) : dim(border.ellipsis)));
    return `${dim(border.bar)} ${cells.join(` ${dim(border.bar)} `)} ${dim(border.bar)}`;
  };
  const rule = ([left, middle, right]: Corners) =>
    dim(
      left +
        shown.map((l) => border.dash.repeat((l?.width ?? border.ellipsis.length) + 2)).join(middle) +
        right,
    );
  const clip = (text: string, layout: ColumnLayout) =>
    padToWidth(truncateToWidth(text, layout.width, border.ellipsis), layout.width, layout.align);
  const row = (index: number) =>
    line((layout) => {
      const { text, isNull } = layout.cells[index]!;
      return isNull ? dim(clip(text, layout)) : clip(text, layout);
    });

  const lines = [rule(border.top), line((layout) => paint(style, 'bold', clip(layout.title, layout)))];
  if (columns.some((column) => column.type !== undefined)) {
    lines.push(line((layout) => dim(clip(layout.typeText, layout))));
  }
  lines.push(rule(border.middle), ...rows.head.map((_, i) => row(i)));
  if (rows.tail?.length) {
    lines.push(line((layout) => dim(padToWidth(border.gap, layout.width, 'center'))));
    lines.push(...rows.tail.map((_, i) => row(rows.head.length + i)));
  }
  lines.push(rule(border.bottom));
  if (footer) {
    const shownColumns = shown.filter(Boolean).length;
    const hidden = shownColumns < columns.length ? `, ${counts(columns.length, shownColumns, 'column')}` : '';
    lines.push(dim(counts(rows.rowCount, shownRows.length, 'row') + hidden));
  }
  return lines.join('\n');
}

function counts(all: number, shown: number, what: string): string {
  return countOf(all, what) + (shown < all ? ` (${formatCount(shown)} shown)` : '');
}
