import type { DataType } from 'apache-arrow';
import { type ColumnType, printType } from '../../schema/column-type.js';
import { parseType } from '../../schema/parse-type.js';
import { TypeTextError } from '../../schema/type-tokens.js';
import { quoteIdentifier } from '../../util/sql-quote.js';
import { entriesToMaps, entriesType, hasMaps } from './map-entries.js';
import { jsonWriter } from './nested-json.js';
import { scalarCheck } from './scalar-values.js';

type Arrow = typeof import('apache-arrow');

/** One declared column of a transform: how values of rows and of record batches become values of its type. */
export interface OutputColumn {
  readonly name: string;
  /** The type as it was declared. */
  readonly declared: string;
  /** The type in Arrow of the values that rows have. */
  readonly arrowType: (arrow: Arrow) => DataType;
  /** The value of a row in Arrow. Throws a `Misfit`. */
  readonly convert: (value: unknown) => unknown;
  /** SQL of the declared type, from SQL of the value that a row was stored as. */
  readonly fromRows: (stored: string) => string;
  /** The same for a column of record batches, by DuckDB's text for its type. */
  readonly fromBatches: (type: string) => string;
}

/** @param type DuckDB's own text for the declared type */
export function outputColumn(name: string, declared: string, type: string): OutputColumn {
  const column = quoteIdentifier(name);
  const cast = (sql: string) => `cast(${sql} as ${declared})`;
  const parsed = parsedType(type);
  const shared = { name, declared };
  const fromBatches = (given: string) => {
    const from = parseType(given);
    const isEntries = isNested(from) && hasMaps(parsed) && !hasMaps(from);
    return cast(isEntries ? entriesToMaps(column, parsed) : column);
  };
  if (!isNested(parsed)) {
    const arrowType = arrowTypes[parsed.kind === 'scalar' ? parsed.name : ''] ?? utf8;
    return { ...shared, arrowType, convert: scalarCheck(parsed), fromRows: cast, fromBatches };
  }
  const readable = printType(withTexts(entriesType(parsed)));
  const fromRows = (stored: string) =>
    cast(entriesToMaps(`cast(cast(${stored} as json) as ${readable})`, parsed));
  return { ...shared, arrowType: utf8, convert: jsonWriter(parsed), fromRows, fromBatches };
}

/** A type that cannot be read is one of which nothing is known but its name. */
function parsedType(type: string): ColumnType {
  try {
    return parseType(type);
  } catch (thrown) {
    if (!(thrown instanceof TypeTextError)) throw thrown;
    return { kind: 'scalar', name: type };
  }
}

function isNested({ kind }: ColumnType): boolean {
  return kind === 'list' || kind === 'array' || kind === 'struct' || kind === 'map';
}

/**
 * The type with texts for bytes and for JSON: out of JSON, DuckDB would take the characters of `\x00` as the bytes
 * themselves, and write 1.10 as 1.1.
 */
function withTexts(type: ColumnType): ColumnType {
  switch (type.kind) {
    case 'scalar':
      return /^(BLOB|JSON)$/.test(type.name) ? { kind: 'scalar', name: 'VARCHAR' } : type;
    case 'list':
    case 'array':
      return { ...type, element: withTexts(type.element) };
    case 'struct':
      return {
        kind: 'struct',
        fields: type.fields.map((field) => ({ ...field, type: withTexts(field.type) })),
      };
    default:
      return type;
  }
}

const utf8 = (arrow: Arrow): DataType => new arrow.Utf8();
const int32 = (arrow: Arrow): DataType => new arrow.Int32();
const float64 = (arrow: Arrow): DataType => new arrow.Float64();

/** What is not here goes in as text, which DuckDB reads. */
const arrowTypes: Readonly<Record<string, (arrow: Arrow) => DataType>> = {
  BOOLEAN: (arrow) => new arrow.Bool(),
  TINYINT: int32,
  SMALLINT: int32,
  INTEGER: int32,
  UTINYINT: int32,
  USMALLINT: int32,
  UINTEGER: (arrow) => new arrow.Uint32(),
  BIGINT: (arrow) => new arrow.Int64(),
  UBIGINT: (arrow) => new arrow.Uint64(),
  FLOAT: float64,
  DOUBLE: float64,
  BLOB: (arrow) => new arrow.Binary(),
};
