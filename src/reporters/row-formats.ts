import type { EngineStream } from '../ports/engine.js';
import type { TextStyle } from '../util/text-style.js';
import { renderTable } from './table.js';
import { cellText, jsonText, readType } from './value-text.js';

export type RowFormat = 'table' | 'csv' | 'json' | 'ndjson';

/** Turns streamed rows into text, piece by piece, in bounded memory. */
export type RowWriter = (
  rows: Pick<EngineStream, 'columns' | 'chunks'>,
  style: TextStyle,
) => AsyncIterable<string>;

/** A table shows at most this many rows: the first half and the last half. */
const tableRows = 40;

export const rowFormats: Readonly<Record<RowFormat, RowWriter>> = {
  async *table({ columns, chunks }, style) {
    const head: (readonly unknown[])[] = [];
    let tail: (readonly unknown[])[] = [];
    let rowCount = 0;
    for await (const chunk of chunks) {
      rowCount += chunk.length;
      const missing = Math.max(0, tableRows / 2 - head.length);
      head.push(...chunk.slice(0, missing));
      tail = [...tail, ...chunk.slice(missing).slice(-tableRows / 2)].slice(-tableRows / 2);
    }
    const all = rowCount === head.length + tail.length;
    const rows = all ? { head: [...head, ...tail], rowCount } : { head, tail, rowCount };
    yield `${renderTable(columns, rows, style)}\n`;
  },

  async *csv({ columns, chunks }) {
    const fields = columns.map(({ type }) => csvField(type));
    yield `${columns.map(({ name }) => quoteCsv(name)).join(',')}\n`;
    for await (const chunk of chunks) {
      let text = '';
      for (const row of chunk) text += `${fields.map((field, i) => field(row[i])).join(',')}\n`;
      yield text;
    }
  },

  async *json(rows) {
    const write = objectWriter(rows);
    let separator = '[\n  ';
    for await (const chunk of rows.chunks) {
      let text = '';
      for (const row of chunk) {
        text += separator + write(row);
        separator = ',\n  ';
      }
      yield text;
    }
    yield separator.startsWith('[') ? '[]\n' : '\n]\n';
  },

  async *ndjson(rows) {
    const write = objectWriter(rows);
    for await (const chunk of rows.chunks) {
      let text = '';
      for (const row of chunk) text += `${write(row)}\n`;
      yield text;
    }
  },
};

function objectWriter({ columns }: Pick<EngineStream, 'columns'>): (row: readonly unknown[]) => string {
  const fields = columns.map(({ name, type }) => ({ key: `${JSON.stringify(name)}:`, type: readType(type) }));
  return (row) => `{${fields.map(({ key, type }, i) => key + jsonText(row[i], type)).join(',')}}`;
}

/** NULL is an empty field, an empty text `""`; nested values are JSON. */
function csvField(typeText: string): (value: unknown) => string {
  const type = readType(typeText);
  return (value) => {
    if (value === null || value === undefined) return '';
    const nested = type.kind !== 'scalar' && typeof value === 'object';
    return quoteCsv(nested ? jsonText(value, type) : cellText(value, type));
  };
}

function quoteCsv(text: string): string {
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
