import type { DataType, Decimal, Field, Float, Int, Time, Timestamp } from 'apache-arrow';
import { type ColumnType, printType } from './column-type.js';

/** Apache Arrow's numbers for its types; its own enumeration would load the whole package. */
export const arrowTypeId = {
  null: 1,
  int: 2,
  float: 3,
  binary: 4,
  utf8: 5,
  bool: 6,
  decimal: 7,
  date: 8,
  time: 9,
  timestamp: 10,
  list: 12,
  struct: 13,
  fixedSizeBinary: 15,
  fixedSizeList: 16,
  map: 17,
  largeBinary: 19,
  largeUtf8: 20,
  largeList: 21,
  binaryView: 23,
  utf8View: 24,
  dictionary: -1,
} as const;

const scalarNames: Readonly<Record<number, string>> = {
  [arrowTypeId.null]: 'INTEGER',
  [arrowTypeId.bool]: 'BOOLEAN',
  [arrowTypeId.utf8]: 'VARCHAR',
  [arrowTypeId.largeUtf8]: 'VARCHAR',
  [arrowTypeId.utf8View]: 'VARCHAR',
  [arrowTypeId.binary]: 'BLOB',
  [arrowTypeId.largeBinary]: 'BLOB',
  [arrowTypeId.binaryView]: 'BLOB',
  [arrowTypeId.fixedSizeBinary]: 'BLOB',
  [arrowTypeId.date]: 'DATE',
};

const nanosecond = 3;

/**
 * DuckDB's text for the type that holds an Arrow type's values exactly, or undefined where there is none
 * (unions, intervals, durations, decimals of more than 38 digits). A column of nulls is INTEGER.
 */
export function duckdbTypeOf(type: DataType): string | undefined {
  const found = convert(type);
  return found && printType(found);
}

function convert(type: DataType): ColumnType | undefined {
  const id: number = type.typeId;
  const scalar = scalarNames[id] ?? variantName(type);
  if (scalar !== undefined) return { kind: 'scalar', name: scalar };
  const children = (type.children ?? []) as readonly Field[];
  switch (id) {
    case arrowTypeId.decimal: {
      const { precision, scale } = type as Decimal;
      return precision <= 38 && scale >= 0 && scale <= precision
        ? { kind: 'decimal', width: precision, scale }
        : undefined;
    }
    case arrowTypeId.dictionary:
      return convert((type as DataType & { readonly dictionary: DataType }).dictionary);
    case arrowTypeId.list:
    case arrowTypeId.largeList:
    case arrowTypeId.fixedSizeList: {
      const element = convert(children[0]!.type as DataType);
      return element && { kind: 'list', element };
    }
    case arrowTypeId.map: {
      const [key, value] = children[0]!.type.children as readonly Field[];
      const [keyType, valueType] = [convert(key!.type as DataType), convert(value!.type as DataType)];
      return keyType && valueType && { kind: 'map', key: keyType, value: valueType };
    }
    case arrowTypeId.struct: {
      const fields = children.map((field) => ({ name: field.name, type: convert(field.type as DataType) }));
      const known = fields.flatMap(({ name, type: fieldType }) =>
        fieldType ? [{ name, type: fieldType }] : [],
      );
      return known.length === fields.length ? { kind: 'struct', fields: known } : undefined;
    }
    default:
      return undefined;
  }
}

/** Types whose name depends on their width, unit or time zone. */
function variantName(type: DataType): string | undefined {
  switch (type.typeId as number) {
    case arrowTypeId.int: {
      const { bitWidth, isSigned } = type as Int;
      const name = { 8: 'TINYINT', 16: 'SMALLINT', 32: 'INTEGER', 64: 'BIGINT' }[bitWidth];
      return isSigned ? name : `U${name}`;
    }
    case arrowTypeId.float:
      return (type as Float).precision === 2 ? 'DOUBLE' : 'FLOAT';
    case arrowTypeId.time:
      return (type as Time).unit === nanosecond ? 'TIME_NS' : 'TIME';
    case arrowTypeId.timestamp: {
      const { unit, timezone } = type as Timestamp;
      if (timezone) return 'TIMESTAMP WITH TIME ZONE';
      return unit === nanosecond ? 'TIMESTAMP_NS' : 'TIMESTAMP';
    }
    default:
      return undefined;
  }
}
