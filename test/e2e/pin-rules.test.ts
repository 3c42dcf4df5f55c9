import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { pin } from '../../src/api/pin.js';
import { plan } from '../../src/api/plan.js';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.js';
import { renderDiagnostics } from '../../src/diagnostics/render-diagnostics.js';
import { classOf, compatibilityModes } from '../../src/schema/compatibility.js';
import { compatibilityRules, type RuleId } from '../../src/schema/compatibility-rules.js';
import { makeProject, writeFiles } from '../support/cli.js';

/** Select list before and after, and what stands in the front matter before and after. */
type Change = readonly [before: string, after: string, yaml?: string, yamlAfter?: string];

const required = 'columns: { a: { tests: [not_null] } }';
const items = (fields: string) => `[${fields}] as items`;

/** A published table for each rule that a project can come upon. */
const changes: Partial<Readonly<Record<RuleId, Change>>> = {
  'column-added-nullable': ['1 as a', '1 as a, 2 as b'],
  'column-added-inside': ['1 as a, 3 as c', '1 as a, 2 as b, 3 as c'],
  'column-added-required': ['1 as b', '1 as b, 2 as a', '', required],
  'column-dropped': ['1 as a, 2 as b', '1 as a'],
  'column-renamed': ['1 as a, 2 as b', '1 as a, 2 as bb'],
  'column-renamed-declared': [
    '1 as a, 2 as b',
    '1 as a, 2 as total',
    '',
    'columns: { total: { renamed_from: b } }',
  ],
  'column-case-changed': ['1 as a, 2 as amount', '1 as a, 2 as Amount'],
  'columns-reordered': ['1 as a, 2 as b', '2 as b, 1 as a'],
  'column-made-required': ['1 as a', '1 as a', '', required],
  'column-made-nullable': ['1 as a', '1 as a', required, ''],
  'field-added': ["{'x': 1} as s", "{'x': 1, 'y': 2} as s"],
  'field-added-inside': [items("{'x': 1, 'z': 3}"), items("{'x': 1, 'y': 2, 'z': 3}")],
  'field-dropped': ["map {'k': {'x': 1, 'y': 2}} as m", "map {'k': {'x': 1}} as m"],
  'field-renamed': ["{'x': {'y': 1}} as s", "{'x': {'yy': 1}} as s"],
  'field-renamed-declared': [
    "{'x': 1, 'y': 2} as s",
    "{'x': 1, 'why': 2} as s",
    '',
    'columns: { s.why: { renamed_from: y } }',
  ],
  'field-case-changed': [items("{'sku': 1}"), items("{'SKU': 1}")],
  'fields-reordered': ["{'x': 1, 'y': 2} as s", "{'y': 2, 'x': 1} as s"],
  'map-key-changed': ["map {{'k': 1}: 'x'} as m", "map {{'k': 1, 'l': 2}: 'x'} as m"],
  'type-widened': ["[{'n': 1::int}] as items", "[{'n': 1::bigint}] as items"],
  'type-narrowed': ['1::bigint as a', '1::int as a'],
  'int-to-double': ['1::int as a', '1::double as a'],
  'int64-to-double': ["{'n': 1::bigint} as s", "{'n': 1::double} as s"],
  'int-to-float': ['1::int as a', '1::float as a'],
  'sign-changed': ['1::int as a', '1::uinteger as a'],
  'decimal-rescaled': ['1::decimal(10,2) as a', '1::decimal(12,4) as a'],
  'timestamp-finer': ["timestamp '2024-01-01' as a", "'2024-01-01'::timestamp_ns as a"],
  'date-to-timestamp': ["date '2024-01-01' as a", "timestamp '2024-01-01' as a"],
  'timestamp-zone-changed': ["timestamp '2024-01-01' as a", "timestamptz '2024-01-01' as a"],
  'to-varchar': ['[1] as a', "['1'] as a"],
  'varchar-json': ["'{}' as a", "'{}'::json as a"],
  'scalar-list': ['1 as a', '[1] as a'],
  'type-changed': ["date '2024-01-01' as a", '1 as a'],
  'partition-keys-changed': ["1 as a, 'x' as p", "1 as a, 'x' as p", 'partition_by: p', ''],
  'partition-order-changed': [
    "1 as a, 'x' as p, 'y' as q",
    "1 as a, 'x' as p, 'y' as q",
    'partition_by: [p, q]',
    'partition_by: [q, p]',
  ],
  'partition-type-changed': ["1 as a, 'x' as p", '1 as a, 2 as p', 'partition_by: p', 'partition_by: p'],
};

/** Enums rest as text, and a table that is gone is a test of its own. */
const unreachable: readonly RuleId[] = [
  'enum-value-added',
  'enum-value-dropped',
  'enum-reordered',
  'table-dropped',
];

const tableOf = (rule: string) => rule.replaceAll('-', '_');

function models(mode: string, isAfter: boolean): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(changes).map(([rule, [before, after, yaml = '', yamlAfter = '']]) => {
      const settings = [
        'materialized: table',
        'publish: true',
        `compatibility: ${mode}`,
        isAfter ? yamlAfter : yaml,
      ];
      const text = `/* model\n${settings.filter(Boolean).join('\n')}\n*/\nselect ${isAfter ? after : before}\n`;
      return [`models/${tableOf(rule)}.sql`, text];
    }),
  );
}

function worst(diagnostics: readonly Diagnostic[], rule: string): string {
  const own = diagnostics.filter(({ message, notes = [] }) => {
    const isOfTable = new RegExp(`\\b${tableOf(rule)}\\b`).test(message);
    return isOfTable && notes.some((note) => note.message.startsWith(`rule ${rule},`));
  });
  if (own.some(({ severity }) => severity === 'error')) return 'breaking';
  return own.length > 0 ? 'warning' : 'safe';
}

test('every rule that a project can come upon is tried', () => {
  const all = Object.keys(compatibilityRules).filter((rule) => !unreachable.includes(rule as RuleId));
  expect(Object.keys(changes).sort()).toEqual(all.sort());
});

test('every change in every mode is what the table of rules says, and is said in full', async () => {
  const projectDir = makeProject({
    'models/reads_it.sql': 'select a as id from type_narrowed',
    'models/reads_it_through.sql': 'select count(*) as n from reads_it where id > 0',
    'models/reads_another.sql': 'select count(*) as n from type_narrowed',
    ...models('forward', false),
  });
  const pinned = await pin({ projectDir });
  expect(pinned.diagnostics).toEqual([]);
  expect(pinned.value).toHaveLength(Object.keys(changes).length);
  const pins = Object.fromEntries(
    (pinned.value ?? []).map(({ path }) => [path, readText(`${projectDir}/${path}`)]),
  );

  for (const mode of compatibilityModes) {
    writeFiles(projectDir, models(mode, true));
    const { diagnostics } = await plan({ projectDir });
    const found = Object.fromEntries(Object.keys(changes).map((rule) => [rule, worst(diagnostics, rule)]));
    const expected = Object.fromEntries(
      Object.keys(changes).map((rule) => [rule, classOf(rule as RuleId, mode)]),
    );
    expect(found, mode).toEqual(expected);
    if (mode === 'exact') {
      const style = { color: false, unicode: true, width: 110 };
      const text = renderDiagnostics(
        diagnostics,
        style,
        (path) => pins[path] ?? readText(`${projectDir}/${path}`),
      );
      await expect(text).toMatchFileSnapshot('goldens/pin-failures.txt');
    }
  }
  // The pins were only read.
  for (const [path, text] of Object.entries(pins)) expect(readText(`${projectDir}/${path}`)).toBe(text);
});

function readText(path: string): string {
  return readFileSync(path, 'utf8');
}
