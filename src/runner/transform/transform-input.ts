import { type ColumnType, printType } from '../../schema/column-type.js';
import { parseType } from '../../schema/parse-type.js';
import { quoteIdentifier } from '../../util/sql-quote.js';
import { entriesType, mapsToEntries } from './map-entries.js';

/**
 * The rows of a query in the form in which generated types promise them to TypeScript: what JavaScript has no
 * exact type for is DuckDB's text, and a map is a list of keys and values.
 */
export function inputSql(
  sql: string,
  columns: readonly { readonly name: string; readonly type: string }[],
): string {
  const list = columns.map(({ name, type }) => {
    const column = quoteIdentifier(name);
    return `${valueSql(column, parseType(type))} as ${column}`;
  });
  return `select ${list.join(', ')} from (\n${sql}\n)`;
}

function valueSql(column: string, type: ColumnType): string {
  const given = mapsToEntries(column, type);
  const wanted = printType(plainType(entriesType(type)));
  return wanted === printType(entriesType(type)) ? given : `cast(${given} as ${wanted})`;
}

const exact = /^(BOOLEAN|U?(TINYINT|SMALLINT|INTEGER|BIGINT)|FLOAT|DOUBLE|VARCHAR)$/;
const text: ColumnType = { kind: 'scalar', name: 'VARCHAR' };

function plainType(type: ColumnType): ColumnType {
  switch (type.kind) {
    case 'scalar':
      return exact.test(type.name) ? type : text;
    case 'list':
    case 'array':
      return { kind: 'list', element: plainType(type.element) };
    case 'struct':
      return {
        kind: 'struct',
        fields: type.fields.map((field) => ({ ...field, type: plainType(field.type) })),
      };
    case 'map':
    case 'decimal':
    case 'enum':
    case 'union':
      return text;
  }
}
