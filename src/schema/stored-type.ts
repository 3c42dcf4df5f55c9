import { type ColumnType, printType } from './column-type.js';
import { parseType } from './parse-type.js';
import { TypeTextError } from './type-tokens.js';

/** How a type rests as Parquet: `type` in DuckDB's text, or why it cannot and what to write instead. */
export type StoredType = { readonly type: string } | UnsupportedType;

export interface UnsupportedType {
  readonly problem: string;
  /** The cast to write instead, with `…` for the expression. */
  readonly cast: string;
}

// Found by writing each type with DuckDB 1.5.6, reading it back and comparing types and values.
const refused: Readonly<Record<string, UnsupportedType>> = {
  UHUGEINT: {
    problem: 'Parquet has no unsigned 128-bit integer, and a DOUBLE would lose digits',
    cast: 'cast(… as DECIMAL(38,0))',
  },
  BIGNUM: {
    problem: 'Parquet has no integer of unlimited size',
    cast: 'cast(… as DECIMAL(38,0))` or `cast(… as VARCHAR)',
  },
  BIT: { problem: 'Parquet has no bit strings', cast: 'cast(… as VARCHAR)' },
  'TIME WITH TIME ZONE': {
    problem: 'Parquet keeps the time in UTC and loses the zone',
    cast: 'cast(… as TIME)` or `cast(… as VARCHAR)',
  },
  INTERVAL: {
    problem: 'Parquet intervals lose microseconds and cannot be negative',
    cast: 'epoch_us(…)` or `cast(… as VARCHAR)',
  },
  GEOMETRY: { problem: 'not every reader gets a geometry back', cast: 'cast(… as VARCHAR)` or `st_aswkb(…)' },
};

// Without loss of any value that can be written: the rest fails while it is written.
const replaced: Readonly<Record<string, string>> = {
  HUGEINT: 'DECIMAL(38,0)',
  TIMESTAMP_S: 'TIMESTAMP',
  TIMESTAMP_MS: 'TIMESTAMP',
  '"NULL"': 'INTEGER',
};

const known = new Map<string, StoredType>();

/**
 * The type that a column has once it rests as Parquet. Most types are themselves; HUGEINT becomes
 * DECIMAL(38,0), ENUM becomes VARCHAR, TIMESTAMP_S and TIMESTAMP_MS become TIMESTAMP, fixed-size arrays
 * become lists and a bare NULL becomes INTEGER, inside lists, structs and maps too. Idempotent.
 *
 * @param type DuckDB's text for the type
 */
export function storedType(type: string): StoredType {
  let stored = known.get(type);
  if (!stored) {
    stored = compute(type);
    known.set(type, stored);
  }
  return stored;
}

function compute(text: string): StoredType {
  let type: ColumnType;
  try {
    type = parseType(text);
  } catch (error) {
    if (!(error instanceof TypeTextError)) throw error;
    return { problem: 'Parquet does not know this type', cast: 'cast(… as VARCHAR)' };
  }
  const stored = convert(type);
  return 'problem' in stored ? stored : { type: printType(stored) };
}

function convert(type: ColumnType): ColumnType | UnsupportedType {
  switch (type.kind) {
    case 'decimal':
      return type;
    case 'enum':
      return { kind: 'scalar', name: 'VARCHAR' };
    case 'scalar': {
      const base = type.name.replace(/\(.*/, '');
      return refused[base] ?? { kind: 'scalar', name: replaced[type.name] ?? type.name };
    }
    case 'list':
    case 'array': {
      const element = convert(type.element);
      return 'problem' in element ? element : { kind: 'list', element };
    }
    case 'map': {
      const key = convert(type.key);
      const value = convert(type.value);
      if ('problem' in key) return key;
      return 'problem' in value ? value : { kind: 'map', key, value };
    }
    case 'union':
      return { problem: 'Parquet has no union types', cast: 'cast(… as VARCHAR)` or `struct_pack(…)' };
    case 'struct': {
      const fields: { name: string; type: ColumnType }[] = [];
      for (const field of type.fields) {
        if (field.name === '')
          return { problem: 'fields of a row need names', cast: 'struct_pack(name := …, …)' };
        const fieldType = convert(field.type);
        if ('problem' in fieldType) return fieldType;
        fields.push({ name: field.name, type: fieldType });
      }
      return { kind: 'struct', fields };
    }
  }
}
