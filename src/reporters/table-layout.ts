import type { ColumnType } from '../schema/column-type.js';
import { displayWidth, printable } from '../util/display-width.js';
import { cellText, isNumeric, readType } from './value-text.js';

export interface TableColumn {
  readonly name: string;
  /** DuckDB's text; without types there is no line of types. */
  readonly type?: string;
}

/** One column of a table on its way to text. */
export interface ColumnLayout {
  readonly title: string;
  readonly typeText: string;
  readonly align: 'left' | 'right';
  readonly cells: readonly { readonly text: string; readonly isNull: boolean }[];
  readonly width: number;
}

/** Columns wider than this give way first when a table is too wide. */
const comfortableWidth = 12;
const widestType = 16;

/** Lays out one column as wide as its content. */
export function layoutColumn({ name, type }: TableColumn, values: readonly unknown[]): ColumnLayout {
  const parsed: ColumnType | undefined = type === undefined ? undefined : readType(type);
  const cells = values.map((value) => ({ text: cell(value, parsed), isNull: value === null }));
  const title = printable(name);
  const typeText = type?.toLowerCase() ?? '';
  const numeric = parsed
    ? isNumeric(parsed)
    : values.some((value) => value !== null) && values.every((value) => value === null || isNumber(value));
  const width = Math.max(
    1,
    displayWidth(title),
    Math.min(widestType, displayWidth(typeText)),
    ...cells.map(({ text }) => displayWidth(text)),
  );
  return { title, typeText, align: numeric ? 'right' : 'left', cells, width };
}

/** Without a type: decimals come as text. */
function isNumber(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value));
}

function cell(value: unknown, type: ColumnType | undefined): string {
  // Without colours the text NULL would look like a NULL.
  if (value === 'NULL') return "'NULL'";
  return printable(cellText(value, type));
}

/**
 * Narrows the widest columns and then leaves out columns in the middle until all fit into `width`.
 * Undefined in the result stands for those left out.
 */
export function fitColumns(
  layouts: readonly ColumnLayout[],
  width: number,
  ellipsisWidth: number,
): readonly (ColumnLayout | undefined)[] {
  const narrowed = narrow(layouts, width);
  if (totalWidth(narrowed) <= width) return narrowed;
  const left: ColumnLayout[] = [];
  const right: ColumnLayout[] = [];
  const rest = [...narrowed];
  let room = width - ellipsisWidth - 4;
  while (rest.length > 0) {
    const fromLeft = left.length <= right.length;
    const candidate = (fromLeft ? rest.shift() : rest.pop())!;
    room -= candidate.width + 3;
    if (left.length > 0 && room < 0) break;
    if (fromLeft) left.push(candidate);
    else right.unshift(candidate);
  }
  return left.length + right.length < layouts.length ? [...left, undefined, ...right] : narrowed;
}

function narrow(layouts: readonly ColumnLayout[], width: number): readonly ColumnLayout[] {
  let limit = Math.max(0, ...layouts.map((layout) => layout.width));
  const limited = () => layouts.map((layout) => ({ ...layout, width: Math.min(layout.width, limit) }));
  while (limit > comfortableWidth && totalWidth(limited()) > width) limit--;
  return limited();
}

function totalWidth(layouts: readonly ColumnLayout[]): number {
  return layouts.reduce((sum, layout) => sum + layout.width + 3, 1);
}
