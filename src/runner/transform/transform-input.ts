import { type ColumnType, printType } from '../../schema/column-type.js';
import { parseType } from '../../schema/parse-type.js';
import { quoteIdentifier } from '../../util/sql-quote.js';

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
  if (type.kind === 'map') return valueSql(`map_entries(${column})`, entries(type));
  const wanted = printType(plainType(type));
  return wanted === printType(type) ? column : `cast(${column} as ${wanted})`;
}

function entries({ key, value }: ColumnType & { readonly kind: 'map' }): ColumnType {
  const fields = [
    { name: 'key', type: key },
    { name: 'value', type: value },
  ];
  return { kind: 'list', element: { kind: 'struct', fields } };
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
      return { ...type, key: plainType(type.key), value: plainType(type.value) };
    case 'decimal':
    case 'enum':
    case 'union':
      return text;
  }
}
