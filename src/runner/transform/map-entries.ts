import type { ColumnType, TypeField } from '../../schema/column-type.js';
import { quoteIdentifier } from '../../util/sql-quote.js';

/** The type with a list of keys and values in the place of every map: the form in which JavaScript has maps. */
export function entriesType(type: ColumnType): ColumnType {
  switch (type.kind) {
    case 'list':
    case 'array':
      return { ...type, element: entriesType(type.element) };
    case 'struct':
      return { kind: 'struct', fields: type.fields.map(entriesField) };
    case 'map':
      return entryList(entriesType(type.key), entriesType(type.value));
    default:
      return type;
  }
}

export function hasMaps(type: ColumnType): boolean {
  switch (type.kind) {
    case 'list':
    case 'array':
      return hasMaps(type.element);
    case 'struct':
      return type.fields.some((field) => hasMaps(field.type));
    default:
      return type.kind === 'map';
  }
}

/** SQL of a value of the type, with its maps made lists of keys and values. */
export function mapsToEntries(sql: string, type: ColumnType): string {
  return converted(sql, type, { before: (map) => `map_entries(${map})`, after: (list) => list }, 0);
}

/** SQL that makes the maps of the type out of lists of keys and values. */
export function entriesToMaps(sql: string, type: ColumnType): string {
  return converted(sql, type, { before: (list) => list, after: (list) => `map_from_entries(${list})` }, 0);
}

interface Conversion {
  /** Of a map, before its keys and values are converted. */
  readonly before: (sql: string) => string;
  readonly after: (sql: string) => string;
}

function converted(sql: string, type: ColumnType, conversion: Conversion, depth: number): string {
  if (!hasMaps(type)) return sql;
  switch (type.kind) {
    case 'list':
    case 'array': {
      const element = `e${depth}`;
      const body = converted(element, type.element, conversion, depth + 1);
      return `list_transform(${sql}, lambda ${element}: ${body})`;
    }
    case 'struct': {
      const fields = type.fields.map(({ name, type: field }) => {
        const quoted = quoteIdentifier(name);
        return `${quoted} := ${converted(`${sql}.${quoted}`, field, conversion, depth)}`;
      });
      return `case when ${sql} is not null then struct_pack(${fields.join(', ')}) end`;
    }
    case 'map': {
      const { before, after } = conversion;
      return after(converted(before(sql), entryList(type.key, type.value), conversion, depth));
    }
    default:
      return sql;
  }
}

function entriesField({ name, type }: TypeField): TypeField {
  return { name, type: entriesType(type) };
}

function entryList(key: ColumnType, value: ColumnType): ColumnType {
  const fields = [
    { name: 'key', type: key },
    { name: 'value', type: value },
  ];
  return { kind: 'list', element: { kind: 'struct', fields } };
}
