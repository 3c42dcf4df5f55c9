import { LineIndex, type Span } from '../diagnostics/span.js';
import { type CompatibilityMode, compatibilityModes } from '../schema/compatibility.js';
import { unknownTypeName } from '../schema/known-types.js';
import { parseType } from '../schema/parse-type.js';
import type { Pin, PinnedColumn } from '../schema/pin.js';
import { emptyRecord } from '../util/own.js';
import { type PinFile, pinPath } from './pin-file.js';
import { printPin } from './print-pin.js';

type Draft = { -readonly [Key in keyof PinnedColumn]: PinnedColumn[Key] } & {
  nestedIds: Record<string, number>;
};

const scalar = `'(?:[^']|'')*'|"(?:[^"\\\\]|\\\\.)*"|[A-Za-z_][\\w. ]*`;
const flowColumn = new RegExp(
  `^  - (\\{ id: (\\d+), name: (${scalar}), type: (${scalar})(, nullable: false)? \\})$`,
);
const blockColumn = /^ {2}- id: (\d+)$/;
const idInside = new RegExp(`^      (${scalar}): (\\d+)$`);
const keyOfColumn = /^ {4}(name|type|nullable): (.*)$/s;
const keyOfPin = /^(table|mode|partition_by|last_field_id): (.*)$/s;

/**
 * Reads a pin that is exactly as `printPin` writes it, which nearly all are, many times faster than a YAML
 * parser; undefined for any other text. What was read is printed again and compared, so it is never wrong.
 */
export function parseOwnPin(path: string, text: string): PinFile | undefined {
  const lines = new LineIndex(text);
  const values = new Map<string, string>();
  const spans = new Map<string, Span>();
  const columns: Draft[] = [];
  const columnSpans = emptyRecord<Span>();
  let end = -1;
  for (const line of text.split('\n')) {
    end += line.length + 1;
    const spanOf = (part = '') => lines.span(path, end - part.length, end);
    const [, whole, flowId, flowName, flowType, required] = flowColumn.exec(line) ?? [];
    if (whole !== undefined) {
      columns.push(draft(flowId, unquote(flowName), unquote(flowType), required === undefined));
      columnSpans[unquote(flowName)] = spanOf(whole);
      continue;
    }
    const [, blockId] = blockColumn.exec(line) ?? [];
    if (blockId !== undefined) columns.push(draft(blockId, '', '', true));
    const column = columns.at(-1);
    const [, key, value] = keyOfColumn.exec(line) ?? [];
    if (column && key === 'nullable') column.nullable = false;
    if (column && key === 'name') column.name = unquote(value);
    if (column && key === 'type') {
      column.type = unquote(value);
      columnSpans[column.name] = spanOf(value);
    }
    const [, place, id] = idInside.exec(line) ?? [];
    if (column && place !== undefined) column.nestedIds[unquote(place)] = Number(id);
    const [, pinKey, pinValue = ''] = keyOfPin.exec(line) ?? [];
    if (pinKey !== undefined) {
      values.set(pinKey, pinValue);
      spans.set(pinKey, spanOf(pinValue));
    }
  }
  const pin: Pin = {
    table: unquote(values.get('table')),
    mode: values.get('mode') as CompatibilityMode,
    columns,
    partitionBy: [...(values.get('partition_by') ?? '').matchAll(new RegExp(scalar, 'g'))].map(([key]) =>
      unquote(key),
    ),
    lastFieldId: Number(values.get('last_field_id')),
    history: [],
  };
  if (pinPath(pin.table) !== path || !isSound(pin) || printPin(pin) !== text) return undefined;
  const partitionSpan = spans.get('partition_by');
  return { pin, path, text, columnSpans, span: spans.get('table')!, ...(partitionSpan && { partitionSpan }) };
}

function draft(id = '', name: string, type: string, nullable: boolean): Draft {
  return { name, type, nullable, fieldId: Number(id), nestedIds: emptyRecord() };
}

function unquote(text = ''): string {
  if (text.startsWith("'")) return text.slice(1, -1).replaceAll("''", "'");
  try {
    return text.startsWith('"') ? (JSON.parse(text) as string) : text;
  } catch {
    return '';
  }
}

/** Whether the slower parser, which says what is wrong, would accept it too. */
function isSound({ mode, columns, partitionBy, lastFieldId }: Pin): boolean {
  const names = new Set(columns.map((column) => column.name));
  const ids = columns.flatMap((column) => [column.fieldId, ...Object.values(column.nestedIds)]);
  return (
    compatibilityModes.includes(mode) &&
    names.size === columns.length &&
    new Set(ids).size === ids.length &&
    ids.every((id) => id > 0 && id <= lastFieldId) &&
    partitionBy.every((key) => names.has(key)) &&
    columns.every((column) => isType(column.type))
  );
}

function isType(text: string): boolean {
  try {
    return unknownTypeName(parseType(text)) === undefined;
  } catch {
    return false;
  }
}
