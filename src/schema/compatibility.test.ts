import { describe, expect, test } from 'vitest';
import { type CompatibilityMode, compatibilityModes, judge } from './compatibility.js';
import { type ChangeClass, compatibilityRules } from './compatibility-rules.js';
import { diffSchema, type TableShape } from './diff-schema.js';

/** `id BIGINT NOT NULL; tags VARCHAR[]`, with partition keys after a bar. */
function shape(text: string): TableShape {
  const [columns = '', keys = ''] = text.split('|');
  return {
    columns: columns.split(';').map((column) => {
      const [, name = '', type = '', required] = /^\s*(\S+)\s+(.*?)( NOT NULL)?\s*$/.exec(column)!;
      return { name, type, nullable: required === undefined };
    }),
    partitionBy: keys.split(',').flatMap((key) => key.trim() || []),
  };
}

const changesOf = (before: string, after: string, renames: Record<string, string> = {}) =>
  diffSchema(shape(before), shape(after), { renames });

type Row = readonly [
  what: string,
  before: string,
  after: string,
  rules: string,
  forward: ChangeClass,
  backward: ChangeClass,
  renames?: Record<string, string>,
];

const columns: readonly Row[] = [
  ['nothing', 'a INTEGER', 'a INTEGER', '', 'safe', 'safe'],
  ['the same type in other words', 'a STRUCT(x INTEGER)', 'a struct("x" int)', '', 'safe', 'safe'],
  [
    'add a nullable column at the end',
    'a INTEGER',
    'a INTEGER; b DATE',
    'column-added-nullable',
    'safe',
    'safe',
  ],
  [
    'add two at the end',
    'a INTEGER',
    'a INTEGER; b DATE; c DATE',
    'column-added-nullable column-added-nullable',
    'safe',
    'safe',
  ],
  ['add a column between', 'a INTEGER', 'b DATE; a INTEGER', 'column-added-inside', 'warning', 'warning'],
  [
    'add a NOT NULL column',
    'a INTEGER',
    'a INTEGER; b DATE NOT NULL',
    'column-added-required',
    'warning',
    'breaking',
  ],
  ['drop', 'a INTEGER; b DATE', 'a INTEGER', 'column-dropped', 'breaking', 'safe'],
  ['drop the first', 'a INTEGER; b DATE; c DATE', 'b DATE; c DATE', 'column-dropped', 'breaking', 'safe'],
  ['rename', 'a INTEGER; b DATE', 'a INTEGER; c DATE', 'column-renamed', 'breaking', 'breaking'],
  [
    'replace',
    'a INTEGER; b DATE',
    'a INTEGER; c BLOB',
    'column-dropped column-added-nullable',
    'breaking',
    'safe',
  ],
  ['declared rename', 'a INTEGER', 'z INTEGER', 'column-renamed-declared', 'warning', 'warning', { z: 'a' }],
  [
    'declared rename and narrowing',
    'a INTEGER',
    'z TINYINT',
    'column-renamed-declared type-narrowed',
    'breaking',
    'breaking',
    { z: 'a' },
  ],
  ['a rename declared long ago', 'z INTEGER', 'z INTEGER', '', 'safe', 'safe', { z: 'a' }],
  ['case-only rename', 'a INTEGER', 'A INTEGER', 'column-case-changed', 'breaking', 'breaking'],
  ['reorder', 'a INTEGER; b DATE', 'b DATE; a INTEGER', 'columns-reordered', 'warning', 'warning'],
  ['nullable to required', 'a INTEGER', 'a INTEGER NOT NULL', 'column-made-required', 'warning', 'breaking'],
  ['required to nullable', 'a INTEGER NOT NULL', 'a INTEGER', 'column-made-nullable', 'breaking', 'safe'],
  ['partition key added', 'a DATE', 'a DATE | a', 'partition-keys-changed', 'breaking', 'breaking'],
  [
    'partition key exchanged',
    'a DATE; b DATE | a',
    'a DATE; b DATE | b',
    'partition-keys-changed',
    'breaking',
    'breaking',
  ],
  [
    'partition order',
    'a DATE; b DATE | a, b',
    'a DATE; b DATE | b, a',
    'partition-order-changed',
    'breaking',
    'breaking',
  ],
  [
    'partition type widened',
    'a INTEGER | a',
    'a BIGINT | a',
    'partition-type-changed',
    'breaking',
    'breaking',
  ],
  [
    'partition key renamed',
    'a DATE | a',
    'z DATE | z',
    'column-renamed-declared partition-keys-changed',
    'breaking',
    'breaking',
    { z: 'a' },
  ],
];

/** Old type, new type, rule, classes: each is tried plain, in a list, in a struct, and as a map's value. */
const types: readonly (readonly [string, string, string, ChangeClass, ChangeClass])[] = [
  ['TINYINT', 'SMALLINT', 'type-widened', 'safe', 'safe'],
  ['SMALLINT', 'INTEGER', 'type-widened', 'safe', 'safe'],
  ['INTEGER', 'BIGINT', 'type-widened', 'safe', 'safe'],
  ['UTINYINT', 'UBIGINT', 'type-widened', 'safe', 'safe'],
  ['FLOAT', 'DOUBLE', 'type-widened', 'safe', 'safe'],
  ['DECIMAL(9,2)', 'DECIMAL(18,2)', 'type-widened', 'safe', 'safe'],
  ['TINYINT', 'DOUBLE', 'int-to-double', 'warning', 'warning'],
  ['INTEGER', 'DOUBLE', 'int-to-double', 'warning', 'warning'],
  ['UINTEGER', 'DOUBLE', 'int-to-double', 'warning', 'warning'],
  ['DECIMAL(9,2)', 'DECIMAL(10,3)', 'decimal-rescaled', 'warning', 'warning'],
  ['TIMESTAMP_S', 'TIMESTAMP_MS', 'timestamp-finer', 'warning', 'warning'],
  ['TIMESTAMP_MS', 'TIMESTAMP', 'timestamp-finer', 'warning', 'warning'],
  ['TIMESTAMP', 'TIMESTAMP_NS', 'timestamp-finer', 'warning', 'warning'],
  ['TIME', 'TIME_NS', 'timestamp-finer', 'warning', 'warning'],
  ["ENUM('a')", "ENUM('a', 'b')", 'enum-value-added', 'warning', 'safe'],
  ["ENUM('a', 'b')", "ENUM('b')", 'enum-value-dropped', 'safe', 'breaking'],
  ["ENUM('a', 'b')", "ENUM('b', 'a')", 'enum-reordered', 'warning', 'warning'],
  ["ENUM('a', 'b')", "ENUM('a', 'c')", 'type-changed', 'breaking', 'breaking'],
  ["ENUM('a')", 'VARCHAR', 'to-varchar', 'breaking', 'breaking'],
  ['BIGINT', 'DOUBLE', 'int64-to-double', 'breaking', 'breaking'],
  ['UBIGINT', 'DOUBLE', 'int64-to-double', 'breaking', 'breaking'],
  ['SMALLINT', 'FLOAT', 'int-to-float', 'breaking', 'breaking'],
  ['BIGINT', 'FLOAT', 'int-to-float', 'breaking', 'breaking'],
  ['BIGINT', 'INTEGER', 'type-narrowed', 'breaking', 'breaking'],
  ['DOUBLE', 'FLOAT', 'type-narrowed', 'breaking', 'breaking'],
  ['DOUBLE', 'BIGINT', 'type-narrowed', 'breaking', 'breaking'],
  ['DECIMAL(18,2)', 'DECIMAL(9,2)', 'type-narrowed', 'breaking', 'breaking'],
  ['DECIMAL(9,2)', 'DECIMAL(9,3)', 'type-narrowed', 'breaking', 'breaking'],
  ['DECIMAL(9,3)', 'DECIMAL(18,2)', 'type-narrowed', 'breaking', 'breaking'],
  ['TIMESTAMP_NS', 'TIMESTAMP', 'type-narrowed', 'breaking', 'breaking'],
  ['TIMESTAMP', 'DATE', 'type-narrowed', 'breaking', 'breaking'],
  ['INTEGER', 'UINTEGER', 'sign-changed', 'breaking', 'breaking'],
  ['UTINYINT', 'SMALLINT', 'sign-changed', 'breaking', 'breaking'],
  ['DATE', 'TIMESTAMP', 'date-to-timestamp', 'breaking', 'breaking'],
  ['DATE', 'TIMESTAMP WITH TIME ZONE', 'date-to-timestamp', 'breaking', 'breaking'],
  ['TIMESTAMP', 'TIMESTAMP WITH TIME ZONE', 'timestamp-zone-changed', 'breaking', 'breaking'],
  ['TIMESTAMP WITH TIME ZONE', 'TIMESTAMP', 'timestamp-zone-changed', 'breaking', 'breaking'],
  ['INTEGER', 'VARCHAR', 'to-varchar', 'breaking', 'breaking'],
  ['STRUCT(a INTEGER)', 'VARCHAR', 'to-varchar', 'breaking', 'breaking'],
  ['VARCHAR', 'JSON', 'varchar-json', 'breaking', 'breaking'],
  ['JSON', 'VARCHAR', 'varchar-json', 'breaking', 'breaking'],
  ['INTEGER', 'INTEGER[]', 'scalar-list', 'breaking', 'breaking'],
  ['INTEGER[]', 'INTEGER', 'scalar-list', 'breaking', 'breaking'],
  ['INTEGER[]', 'VARCHAR', 'scalar-list', 'breaking', 'breaking'],
  ['INTEGER[2]', 'INTEGER[3]', 'type-changed', 'breaking', 'breaking'],
  ['INTEGER[2]', 'INTEGER[]', 'type-changed', 'breaking', 'breaking'],
  ['BOOLEAN', 'INTEGER', 'type-changed', 'breaking', 'breaking'],
  ['BIGINT', 'DECIMAL(38,0)', 'type-changed', 'breaking', 'breaking'],
  ['STRUCT(a INTEGER)', 'MAP(VARCHAR, INTEGER)', 'type-changed', 'breaking', 'breaking'],
  ['STRUCT(a INTEGER)', 'STRUCT(a INTEGER, b DATE)', 'field-added', 'safe', 'safe'],
  ['STRUCT(a INTEGER)', 'STRUCT(b DATE, a INTEGER)', 'field-added-inside', 'warning', 'warning'],
  ['STRUCT(a INTEGER, b DATE)', 'STRUCT(a INTEGER)', 'field-dropped', 'breaking', 'safe'],
  ['STRUCT(a INTEGER, b DATE)', 'STRUCT(a INTEGER, c DATE)', 'field-renamed', 'breaking', 'breaking'],
  ['STRUCT(a INTEGER)', 'STRUCT(A INTEGER)', 'field-case-changed', 'breaking', 'breaking'],
  ['STRUCT(a INTEGER, b DATE)', 'STRUCT(b DATE, a INTEGER)', 'fields-reordered', 'warning', 'warning'],
  ['STRUCT(a INTEGER)', 'STRUCT(a BIGINT)', 'type-widened', 'safe', 'safe'],
  [
    'MAP(STRUCT(a INTEGER), DATE)',
    'MAP(STRUCT(a INTEGER, b DATE), DATE)',
    'map-key-changed',
    'breaking',
    'breaking',
  ],
  [
    'MAP(STRUCT(a INTEGER, b DATE), DATE)',
    'MAP(STRUCT(a INTEGER), DATE)',
    'map-key-changed',
    'breaking',
    'breaking',
  ],
  ['MAP(VARCHAR, INTEGER)', 'MAP(VARCHAR, TINYINT)', 'type-narrowed', 'breaking', 'breaking'],
  ['STRUCT(INTEGER, DATE)', 'STRUCT(INTEGER, TIME)', 'type-changed', 'breaking', 'breaking'],
];

const worst = (...classes: ChangeClass[]): ChangeClass =>
  (['breaking', 'warning', 'safe'] as const).find((one) => classes.includes(one))!;

function expectedVerdict(
  mode: CompatibilityMode,
  changed: boolean,
  forward: ChangeClass,
  backward: ChangeClass,
) {
  if (mode === 'none' || !changed) return 'safe';
  if (mode === 'exact') return 'breaking';
  if (mode.startsWith('full')) return worst(forward, backward);
  return mode.startsWith('forward') ? forward : backward;
}

describe.each(compatibilityModes)('mode %s', (mode) => {
  test.each(columns)('%s: %s → %s', (...row) => {
    const [, before, after, rules, forward, backward, renames] = row as unknown as Row;
    const changes = changesOf(before, after, renames);
    expect(changes.map((change) => change.rule).join(' ')).toBe(rules);
    expect(judge(changes, mode).verdict).toBe(expectedVerdict(mode, rules !== '', forward, backward));
  });

  test.each(types)('%s → %s', (before, after, rule, forward, backward) => {
    const places = [
      ['a', '%'],
      ['a[]', '%[]'],
      ['a.x', 'STRUCT(x %, y DATE)'],
      ['a[value]', 'MAP(VARCHAR, %)'],
      ['a[][value].x', 'MAP(VARCHAR, STRUCT(x %))[]'],
    ] as const;
    for (const [path, place] of places) {
      const changes = changesOf(`a ${place.replace('%', before)}`, `a ${place.replace('%', after)}`);
      expect(changes.map((change) => change.rule)).toEqual([rule]);
      expect(changes[0]!.path.startsWith(path)).toBe(true);
      expect(changes[0]!.column).toBe('a');
      expect(judge(changes, mode).verdict).toBe(expectedVerdict(mode, true, forward, backward));
    }
  });
});

test('every rule is reached by one of the rows above or documented to be elsewhere', () => {
  const reached = new Set([...columns.flatMap((row) => row[3].split(' ')), ...types.map((row) => row[2])]);
  expect(Object.keys(compatibilityRules).filter((id) => !reached.has(id))).toEqual([
    'field-renamed-declared',
    'table-dropped',
  ]);
});
