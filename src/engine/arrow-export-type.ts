import type { DataType } from 'apache-arrow';
import type { ColumnType } from '../schema/column-type.js';

type Arrow = typeof import('apache-arrow');

/** Types that Arrow has no exact form of, or a rarely read one, are exported as DuckDB's text for the value. */
export function exportedType(type: ColumnType): ColumnType {
  switch (type.kind) {
    case 'decimal':
      return type;
    case 'scalar':
      if (type.name === 'HUGEINT') return { kind: 'decimal', width: 38, scale: 0 };
      if (type.name === '"NULL"') return { kind: 'scalar', name: 'INTEGER' };
      return type.name in scalarWidths ? type : { kind: 'scalar', name: 'VARCHAR' };
    case 'enum':
    case 'union':
      return { kind: 'scalar', name: 'VARCHAR' };
    case 'list':
    case 'array':
      return { kind: 'list', element: exportedType(type.element) };
    case 'map':
      return { kind: 'map', key: exportedType(type.key), value: exportedType(type.value) };
    case 'struct':
      return {
        kind: 'struct',
        fields: type.fields.map((field) => ({ name: field.name, type: exportedType(field.type) })),
      };
  }
}

/** Bytes of a value in DuckDB's vectors; 0 for texts and bytes, which are kept in slots. */
export const scalarWidths: Readonly<Record<string, number>> = {
  BOOLEAN: 1,
  TINYINT: 1,
  SMALLINT: 2,
  INTEGER: 4,
  BIGINT: 8,
  UTINYINT: 1,
  USMALLINT: 2,
  UINTEGER: 4,
  UBIGINT: 8,
  FLOAT: 4,
  DOUBLE: 8,
  DATE: 4,
  TIME: 8,
  TIME_NS: 8,
  TIMESTAMP: 8,
  TIMESTAMP_S: 8,
  TIMESTAMP_MS: 8,
  TIMESTAMP_NS: 8,
  'TIMESTAMP WITH TIME ZONE': 8,
  VARCHAR: 0,
  BLOB: 0,
};

/** The Arrow type of an exported type. */
export function arrowTypeOf(type: ColumnType, arrow: Arrow): DataType {
  switch (type.kind) {
    case 'decimal':
      return new arrow.Decimal(type.scale, type.width, 128);
    case 'list':
      return new arrow.List(new arrow.Field('item', arrowTypeOf(type.element, arrow), true));
    case 'struct':
      return new arrow.Struct(
        type.fields.map((f) => new arrow.Field(f.name, arrowTypeOf(f.type, arrow), true)),
      );
    case 'map': {
      const key = new arrow.Field('key', arrowTypeOf(type.key, arrow), false);
      const value = new arrow.Field('value', arrowTypeOf(type.value, arrow), true);
      return new arrow.Map_(new arrow.Field('entries', new arrow.Struct([key, value]), false) as never);
    }
    case 'scalar': {
      const make = scalarTypes[type.name];
      if (make) return make(arrow);
    }
  }
  throw new TypeError(`${type.kind} types are exported as text.`);
}

const scalarTypes: Readonly<Record<string, (arrow: Arrow) => DataType>> = {
  BOOLEAN: (arrow) => new arrow.Bool(),
  TINYINT: (arrow) => new arrow.Int8(),
  SMALLINT: (arrow) => new arrow.Int16(),
  INTEGER: (arrow) => new arrow.Int32(),
  BIGINT: (arrow) => new arrow.Int64(),
  UTINYINT: (arrow) => new arrow.Uint8(),
  USMALLINT: (arrow) => new arrow.Uint16(),
  UINTEGER: (arrow) => new arrow.Uint32(),
  UBIGINT: (arrow) => new arrow.Uint64(),
  FLOAT: (arrow) => new arrow.Float32(),
  DOUBLE: (arrow) => new arrow.Float64(),
  DATE: (arrow) => new arrow.DateDay(),
  TIME: (arrow) => new arrow.TimeMicrosecond(),
  TIME_NS: (arrow) => new arrow.TimeNanosecond(),
  TIMESTAMP: (arrow) => new arrow.TimestampMicrosecond(),
  TIMESTAMP_S: (arrow) => new arrow.TimestampSecond(),
  TIMESTAMP_MS: (arrow) => new arrow.TimestampMillisecond(),
  TIMESTAMP_NS: (arrow) => new arrow.TimestampNanosecond(),
  'TIMESTAMP WITH TIME ZONE': (arrow) => new arrow.TimestampMicrosecond('UTC'),
  VARCHAR: (arrow) => new arrow.Utf8(),
  BLOB: (arrow) => new arrow.Binary(),
};
