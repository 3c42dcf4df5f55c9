import { expect, test } from 'vitest';
import { readFiles } from './project-fixture.js';

test('a source has another name than the targets and the databases of the engine', async () => {
  const source = '{ connector: file, tables: { t: { path: a.csv } } }';
  const { project, problems } = await readFiles({
    'etl.yml': 'name: a\ntargets: { dev: { lake: a }, Prod: { lake: b } }',
    'sources.yml': `sources:\n  prod: ${source}\n  memory: ${source}\n  shop: ${source}\n`,
  });
  expect(problems).toEqual([
    'sources.yml:2:3 project/invalid-name: Source "prod" has the name of a target, so prod.… could mean two things in .etl/Prod.duckdb. (rename the source or the target)',
    'sources.yml:3:3 project/invalid-name: Source name "memory" is used by the tool itself. (use letters, digits and underscores, such as my_memory)',
  ]);
  expect(project.sources.map(({ name }) => name)).toEqual(['prod.t', 'shop.t']);
});

test("a table's options are its connector's, with the source's as defaults", async () => {
  const { project, problems } = await readFiles(
    {
      'sources.yml': `sources:
  shop:
    connector: postgres
    connection: '\${env.DB}'
    tags: [shop]
    on_schema_change: evolve
    tables:
      orders: { cursor: updated_at, primary_key: order_id, tags: [big], query: select 1 }
      customers:
  web:
    connector: file
    on_bad_row: quarantine
    tables:
      clicks:
        description: Clicks.
        path: data/*.csv
        columns:
          id: BIGINT
          at: { type: TIMESTAMPTZ, description: When., tests: [not_null] }
          raw:
        tests: [row_count: { min: 1 }]
      strict: { path: x, on_bad_row: fail }
`,
    },
    { env: { DB: 'postgres://x' } },
  );
  expect(problems).toEqual([]);
  const [orders, customers, clicks, strict] = project.sources;
  expect(orders).toMatchObject({
    name: 'shop.orders',
    source: 'shop',
    table: 'orders',
    connector: 'postgres',
    options: { connection: 'postgres://x', query: 'select 1' },
    config: {
      materialized: 'source',
      tags: ['shop', 'big'],
      options: { cursor: 'updated_at', primary_key: ['order_id'], on_schema_change: 'evolve' },
    },
    span: { start: { line: 8, column: 7 } },
  });
  expect(customers!.options).toEqual({ connection: 'postgres://x' });
  expect(clicks).toMatchObject({
    options: { path: 'data/*.csv', on_bad_row: 'quarantine', columns: { id: 'BIGINT', at: 'TIMESTAMPTZ' } },
    columnTypes: { id: 'BIGINT', at: 'TIMESTAMPTZ' },
    config: { description: 'Clicks.', tests: [{ assertion: { kind: 'row_count', min: 1 } }] },
  });
  expect(clicks!.config.columns.map(({ name, tests }) => [name, tests.length])).toEqual([
    ['id', 0],
    ['at', 1],
    ['raw', 0],
  ]);
  expect(strict!.options).toEqual({ path: 'x', on_bad_row: 'fail' });
  expect(project.sources.some(({ isBroken }) => isBroken)).toBe(false);
});

test('every mistake is reported at its place, and what is broken is marked', async () => {
  const { project, problems } = await readFiles({
    'sources.yml': `source: {}
sources:
  main: { connector: file, tables: {} }
  a-b: { connector: file, tables: {} }
  web:
    connector: file
    on_bad_row: quarantin
    tabels: {}
    tables:
      clicks: { pth: x, columns: [a] }
      views: { path: x }
  web2:
    connection: x
    tables:
      T: {}
      t: {}
  db:
    connector: postgres
    connection: mysql://x
    tables: [a]
  pg:
    connector: postgres
    connection: '\${env.PG_URL}'
    tables:
      ok: { quer: 1 }
`,
  });
  expect(problems).toMatchInlineSnapshot(`
    [
      "sources.yml:1:1 project/unknown-key: "source" is not a key of sources.yml. (did you mean "sources"?)",
      "sources.yml:3:3 project/invalid-name: Source name "main" is used by the tool itself. (use letters, digits and underscores, such as my_main)",
      "sources.yml:4:3 project/invalid-name: Source name "a-b" holds characters that a bare SQL name cannot have. (use letters, digits and underscores, such as a_b)",
      "sources.yml:7:17 project/invalid-value: "sources.web.on_bad_row" must be one of fail, quarantine, not "quarantin". (did you mean "quarantine"?)",
      "sources.yml:8:5 project/unknown-key: "tabels" is not a key of "sources.web". (did you mean "tables"?)",
      "sources.yml:10:7 project/missing-key: The key "path" is missing in "sources.web.tables.clicks".",
      "sources.yml:10:17 project/unknown-key: "pth" is not a key of "sources.web.tables.clicks". (did you mean "path"?)",
      "sources.yml:10:34 project/invalid-value: "sources.web.tables.clicks.columns" must be a map, not a list.",
      "sources.yml:12:3 project/missing-key: The key "connector" is missing in "sources.web2".",
      "sources.yml:16:7 project/duplicate-name: There are two of the name "t" (upper and lower case are the same to SQL). (models, seeds and tables of a source need names of their own: rename one)",
      "sources.yml:19:17 project/invalid-value: "sources.db.connection" must begin with postgres://.",
      "sources.yml:20:13 project/invalid-value: "sources.db.tables" must be a map, not a list.",
      "sources.yml:23:18 project/missing-env: Source "pg" needs the environment variable PG_URL, which is not set. (set PG_URL, or give a default: \${env.PG_URL ?? 'value'})",
      "sources.yml:25:13 project/unknown-key: "quer" is not a key of "sources.pg.tables.ok". (did you mean "query"?)",
    ]
  `);
  expect(project.sources.map(({ name, isBroken }) => [name, isBroken])).toEqual([
    ['web.clicks', true],
    ['web.views', true],
    ['web2.T', true],
    ['pg.ok', true],
  ]);
});
