import { expect, test } from 'vitest';
import { readFiles } from './project-fixture.js';

test('values stay as they are written', async () => {
  const { project, problems } = await readFiles({
    'etl.yml': 'name: shop\nvars: { day: 2024-01-31 }\n',
    'tests/deep/orders.yml': `unit_tests:
  - name: priced
    model: orders
    description: Why.
    tags: slow
    batch: { start: 2024-01-31, end: '2024-02-01 06:00' }
    given:
      shop.raw:
        - { a: 007, b: 12.50, c: 9007199254740993, d: "it's", e: null, f: true, g: , h: 1e3, i: 0x1F }
        - { list: [1, 'x'], map: { k: v }, day: "\${vars.day}" }
      nothing:
      none: []
    expect:
      - {}
`,
  });
  expect(problems).toEqual([]);
  const [read, ...others] = project.unitTests;
  expect(others).toEqual([]);
  expect(read).toMatchObject({
    name: 'priced',
    path: 'tests/deep/orders.yml',
    model: 'orders',
    description: 'Why.',
    tags: ['slow'],
    batch: { start: '2024-01-31T00:00:00Z', end: '2024-02-01T06:00:00Z' },
    span: { start: { line: 2, column: 11 } },
    expect: { rows: [[]] },
  });
  const rows = read!.given.map(({ name, rows }) => [
    name,
    rows.map((row) => Object.fromEntries(row.map(({ column, value }) => [column, value]))),
  ]);
  expect(Object.fromEntries(rows)).toEqual({
    'shop.raw': [
      {
        a: '007',
        b: '12.50',
        c: '9007199254740993',
        d: "it's",
        e: null,
        f: 'true',
        g: null,
        h: '1e3',
        i: '31',
      },
      { list: { json: '[1,"x"]' }, map: { json: '{"k":"v"}' }, day: '2024-01-31' },
    ],
    nothing: [],
    none: [],
  });
});

test('every mistake is reported at its place, and what is right is read', async () => {
  const { project, problems } = await readFiles(
    {
      'tests/kept.sql': 'select 1',
      'tests/a.yml': `unit_tests:
  - name: Kept
    model: m
    expect: []
  - { name: good, model: m, expect: [] }
  - { name: left_out, model: m, expect: [], enabled: false }
  - name: secret
    model: m
    given: { t: [{ a: { b: "\${env.TOKEN}" } }] }
    expect: []
  - { name: secrets, model: m, expect: [], vars: { rate: "\${env.TOKEN}" }, batch: { start: "\${env.TOKEN}", end: x } }
  - { name: lacking, model: m }
  - { name: wrong, model: m, expect: { a: 1 } }
  - { name: twice, model: m, given: { t: [], T: [] }, expect: [], batch: { start: 2024-13-01, end: x } }
  - { name: odd, modle: m, model: m, expect: [] }
`,
    },
    { env: { TOKEN: 'xyz' } },
  );
  expect(project.unitTests.map(({ name }) => name)).toEqual(['good', 'twice', 'odd']);
  expect(problems).toEqual([
    'tests/a.yml:2:11 project/duplicate-name: There are two of the name "Kept" (upper and lower case are the same to SQL). (tests need names of their own: rename one)',
    'tests/a.yml:9:28 project/invalid-value: What the environment gives has no place in a unit test, which is shown and written as it is.',
    'tests/a.yml:11:58 project/invalid-value: What the environment gives has no place in a unit test, which is shown and written as it is.',
    'tests/a.yml:11:92 project/invalid-value: What the environment gives has no place in a unit test, which is shown and written as it is.',
    'tests/a.yml:12:5 project/missing-key: The key "expect" is missing in "unit_tests[5]".',
    'tests/a.yml:13:38 project/invalid-value: "unit_tests[6].expect" must be a list or empty, not a map.',
    'tests/a.yml:14:46 project/duplicate-name: There are two of the name "T" (upper and lower case are the same to SQL). (put the rows of a table in one place)',
    'tests/a.yml:14:83 project/invalid-value: "2024-13-01" is no moment in time. (write a date such as 2024-01-31)',
    'tests/a.yml:14:100 project/invalid-value: "x" is no moment in time. (write a date such as 2024-01-31)',
    'tests/a.yml:15:18 project/unknown-key: "modle" is not a key of "unit_tests[8]". (did you mean "model"?)',
  ]);
});
