import type { Column } from '../schema/table-schema.js';

/** Names and types of the columns that a query returns, as DuckDB says them: names may come twice. */
export type QueryColumns = readonly Pick<Column, 'name' | 'type'>[];

/**
 * The columns of a query, from the type of its rows as DuckDB says it (`STRUCT(id BIGINT, "a b" VARCHAR)`). Undefined
 * where that does not tell: a row gives the second of two columns with one name another one.
 */
export function rowColumns(type: string): QueryColumns | undefined {
  if (!/^STRUCT\(.*\)$/s.test(type)) return undefined;
  const columns = fieldsOf(type.slice('STRUCT('.length, -1)).map(column);
  const names = new Set(columns.map(({ name }) => name.toLowerCase()));
  const mayBeRenamed = ({ name }: { readonly name: string }) =>
    names.has((/^(.*)_\d+$/s.exec(name)?.[1] ?? '').toLowerCase());
  return columns.some(mayBeRenamed) ? undefined : columns;
}

/** What stands between commas that are neither quoted nor in brackets. */
function fieldsOf(text: string): readonly string[] {
  const fields: string[] = [];
  let [start, depth] = [0, 0];
  for (const { 0: token, index } of text.matchAll(/"(?:[^"]|"")*"|'(?:[^']|'')*'|[(),]/g)) {
    if (token === '(') depth++;
    else if (token === ')') depth--;
    else if (token === ',' && depth === 0) {
      fields.push(text.slice(start, index).trim());
      start = index + 1;
    }
  }
  return [...fields, text.slice(start).trim()];
}

function column(field: string): QueryColumns[number] {
  const [written = ''] = /^(?:"(?:[^"]|"")*"|\S+)/.exec(field) ?? [];
  const name = written.startsWith('"') ? written.slice(1, -1).replaceAll('""', '"') : written;
  return { name, type: field.slice(written.length + 1) };
}
