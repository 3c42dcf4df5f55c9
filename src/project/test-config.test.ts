import { expect, test } from 'vitest';
import { readFiles } from './project-fixture.js';

const read = async (yaml: string) => {
  const { project, problems } = await readFiles({ 'models/m.sql': `/* model\n${yaml}\n*/ select 1` });
  const { tests, columns } = project.models[0]!.config;
  const plain = [...tests, ...columns.flatMap((column) => column.tests)].map(({ span: _, ...rest }) => rest);
  return { tests: plain, problems };
};

test.each([
  ['tests: [amount >= 0]', { kind: 'expression', expression: 'amount >= 0' }, {}],
  ['tests: [is_valid]', { kind: 'expression', expression: 'is_valid' }, {}],
  [
    "tests: [{ expression: 'a > 0', name: positive, where: b }]",
    { kind: 'expression', expression: 'a > 0' },
    { name: 'positive', where: 'b' },
  ],
  ['tests: [{ unique: [a, b] }]', { kind: 'unique', columns: ['a', 'b'] }, {}],
  ['tests:\n  - not_null: a\n    severity: warn', { kind: 'not_null', columns: ['a'] }, { severity: 'warn' }],
  ['tests: [{ row_count: { min: 1, max: 5 } }]', { kind: 'row_count', min: 1, max: 5 }, {}],
  [
    'columns: { c: { tests: [{ freshness: { error_after: 1 day } }] } }',
    { kind: 'freshness', columns: ['c'], after: ['1 day'] },
    {},
  ],
  [
    "tests: [{ freshness: { column: c, warn_after: 30 minutes, where: 'x' } }]",
    { kind: 'freshness', columns: ['c'], after: ['30 minutes'] },
    { severity: 'warn', where: 'x' },
  ],
  [
    'columns: { c: { tests: [{ freshness: { warn_after: 36 hours, error_after: 2 days } }] } }',
    { kind: 'freshness', columns: ['c'], after: ['36 hours', '2 days'] },
    { errorIf: '> 1' },
  ],
  ['columns: { c: { tests: [not_null] } }', { kind: 'not_null', columns: ['c'] }, {}],
  [
    "columns: { c: { tests: [{ unique: { where: 'c > 1', warn_if: '> 1', error_if: ' >= 10' } }] } }",
    { kind: 'unique', columns: ['c'] },
    { where: 'c > 1', warnIf: '> 1', errorIf: '>= 10' },
  ],
  ['columns: { c: { tests: [c] } }', { kind: 'expression', expression: 'c' }, {}],
  ['columns: { c: { tests: [c >= 0] } }', { kind: 'expression', expression: 'c >= 0' }, {}],
  [
    'columns: { c: { tests: [{ accepted_values: [a, 1, true, null] }] } }',
    { kind: 'accepted_values', columns: ['c'], values: ['a', 1, true, null] },
    {},
  ],
  [
    'columns: { c: { tests: [{ accepted_values: { values: [12345678901234567890], severity: warn } }] } }',
    { kind: 'accepted_values', columns: ['c'], values: ['12345678901234567890'] },
    { severity: 'warn' },
  ],
  [
    'columns: { c: { tests: [{ relationships: { to: "ref(\'x\')", field: id } }] } }',
    { kind: 'relationships', columns: ['c'], to: 'x', field: 'id' },
    {},
  ],
  [
    "columns: { c: { tests: [{ relationships: { to: \"source('s', 't')\", field: id } }] } }",
    { kind: 'relationships', columns: ['c'], to: 's.t', field: 'id' },
    {},
  ],
])('%s', async (yaml, assertion, settings) => {
  expect(await read(yaml)).toEqual({ tests: [{ assertion, severity: 'error', ...settings }], problems: [] });
});

test.each([
  [
    'tests: [unique]',
    'unknown',
    'The test unique does not say what to test. (write unique: [column, other_column])',
  ],
  ['tests: [row_cnt]', 'unknown', 'There is no test "row_cnt". (did you mean "row_count"?)'],
  [
    'tests: [{ accepted_values: [a] }]',
    '',
    'The test accepted_values belongs to a column. (write it under "tests:" of the column)',
  ],
  ['tests: [{ row_count: {} }]', '', '"tests[0].row_count" must have "min", "max" or both.'],
  [
    'tests: [{ severity: warn }]',
    '',
    '"tests[0]" must have exactly one of not_null, unique, accepted_values, relationships, expression, row_count, freshness.',
  ],
  [
    'tests: [{ row_count: { mn: 1 } }]',
    '',
    '"mn" is not a key of "tests[0].row_count". (did you mean "min"?)',
  ],
  [
    'tests: [{ freshness: { error_after: 1 day } }]',
    '',
    'The test freshness does not say which column to look at. (add column: updated_at)',
  ],
  [
    'columns: { c: { tests: [{ freshness: { column: d, error_after: 1 day } }] } }',
    '',
    'Under a column, the test freshness is about that column alone.',
  ],
  [
    'columns: { c: { tests: [{ freshness: { error_after: 1 day }, severity: warn }] } }',
    '',
    'The test freshness warns or fails by the age of the newest row. (say when with warn_after and error_after)',
  ],
  [
    'columns: { c: { tests: [{ freshness: { warn_after: 1 day, error_after: 24 hours } }] } }',
    '',
    '"error_after" (24 hours) must be longer than "warn_after" (1 day). (leave out warn_after where it is to fail at once)',
  ],
  [
    'tests: [{ freshness: { column: c } }]',
    '',
    '"tests[0].freshness" must have "warn_after", "error_after" or both.',
  ],
  [
    'tests: [{ freshness: { column: c, warn_after: 1 dya } }]',
    '',
    '"tests[0].freshness.warn_after" must be a time such as "12 hours", in minutes, hours, days or weeks.',
  ],
  ['tests: not_null', '', '"tests" must be a list, not text.'],
  [
    'columns: { c: { tests: [valid] } }',
    '',
    'There is no test "valid". (one of not_null, unique, accepted_values, relationships, expression, row_count, freshness, or an SQL condition)',
  ],
  [
    'columns: { c: { tests: [{ unique: [a, b] }] } }',
    '',
    'Under a column, the test unique is about that column alone. (for several columns write it under "tests:" of the table)',
  ],
  [
    'columns: { c: { tests: [{ relationships: { to: x } }] } }',
    '',
    'The key "field" is missing in "columns.c.tests[0].relationships".',
  ],
  [
    'columns: { c: { tests: [{ accepted_values: [] }] } }',
    '',
    '"columns.c.tests[0].accepted_values" must not be empty.',
  ],
])('%s is refused', async (yaml, _, message) => {
  const { tests, problems } = await read(yaml);
  expect(problems.map((problem) => problem.replace(/^.*?: /, ''))).toEqual([message]);
  expect(tests).toEqual([]);
});

test('what the environment gives is shown in no test', async () => {
  const { project, problems } = await readFiles(
    { 'models/m.sql': '/* model\ntests: ["a <> \'${env.TOKEN}\'", a > 0]\n*/ select 1 as a' },
    { env: { TOKEN: 'xyz' } },
  );
  expect(project.models[0]!.config.tests).toHaveLength(1);
  expect(problems).toEqual([
    'models/m.sql:2:9 project/invalid-value: What the environment gives has no place in a data test, which is shown and written as it is. (write it as a query in a file under tests/, where ${env.NAME} is shown as stars)',
  ]);
});
