/** The files of a new project, by path. It builds as it is. */
export function projectFiles(name: string, version: string): Readonly<Record<string, string>> {
  return {
    'etl.yml': etlYml(name),
    'sources.yml': sourcesYml,
    'data/orders.csv': ordersCsv,
    'seeds/countries.csv': countriesCsv,
    'macros/money.ts': moneyTs,
    'models/staging/stg_orders.sql': stgOrdersSql,
    'models/marts/orders.sql': ordersSql,
    'models/marts/revenue_by_month.sql': revenueSql,
    'tests/orders_before_opening.sql': testSql,
    'tests/stg_orders.yml': unitTestsYml,
    'package.json': packageJson(name, version),
    'tsconfig.json': tsconfigJson,
    '.gitignore': 'node_modules/\n.etl/\n',
    'README.md': readme(name),
  };
}

/** Quoted where YAML would read a number, a truth value or nothing. */
function yamlText(name: string): string {
  return /^(\d|(true|false|null)$)/.test(name) ? `'${name}'` : name;
}

const etlYml = (
  name: string,
) => `# yaml-language-server: $schema=./node_modules/parquetry/json-schema/etl.schema.json
name: ${yamlText(name)}
default_target: dev

# Where the lake lies. Another target may be another folder, or s3://bucket/prefix.
targets:
  dev: { lake: .etl/lake }

# Models read these as \${vars.opened_on}; etl build --vars opened_on=2025-02-01 changes one for a run.
vars:
  opened_on: 2025-01-01

# Defaults by folder under models/. A model's own front matter overrides them.
models:
  staging: { materialized: view }
  marts: { materialized: table }
`;

const sourcesYml = `# yaml-language-server: $schema=./node_modules/parquetry/json-schema/sources.schema.json
# What lands in the lake before any model runs. Models read a table as shop.orders.
sources:
  shop:
    connector: file
    tables:
      orders:
        description: One row per change of an order.
        path: data/orders.csv
        columns:
          order_id: { tests: [not_null] }
          ordered_at: { type: TIMESTAMP }
`;

const ordersCsv = `order_id,country_code,status,amount_cents,ordered_at,updated_at
1,DE,placed,1999,2025-01-03 09:12:00,2025-01-03 09:12:00
1,DE,shipped,1999,2025-01-03 09:12:00,2025-01-04 16:40:00
2,FR,placed,4550,2025-01-17 20:01:30,2025-01-17 20:01:30
3,DE,shipped,12900,2025-01-29 07:45:10,2025-02-01 08:00:00
4,SE,placed,899,2025-02-02 11:30:00,2025-02-02 11:30:00
4,SE,returned,899,2025-02-02 11:30:00,2025-02-20 10:05:00
5,FR,shipped,7425,2025-02-14 18:22:45,2025-02-15 09:00:00
6,DE,placed,3050,2025-02-27 23:59:59,2025-02-27 23:59:59
7,SE,shipped,15999,2025-03-05 13:13:13,2025-03-06 08:30:00
8,FR,placed,2100,2025-03-21 06:00:00,2025-03-21 06:00:00
`;

const countriesCsv = `country_code,country_name
DE,Germany
FR,France
SE,Sweden
`;

const moneyTs = `import { sql } from 'parquetry';

/** Whole cents as an exact amount: 1999 becomes 19.99. Models call it as \${centsToAmount('amount_cents')}. */
export function centsToAmount(column: string) {
  return sql\`cast(\${sql.ref(column)} * 0.01 as decimal(18, 2))\`;
}
`;

const stgOrdersSql = `/* model
description: Orders as they were last known, one row each.
columns:
  order_id: { tests: [not_null, unique] }
  status: { tests: [{ accepted_values: [placed, shipped, returned] }] }
*/
select
  order_id,
  country_code,
  status,
  \${centsToAmount('amount_cents')} as amount,
  ordered_at
from shop.orders
qualify row_number() over (partition by order_id order by updated_at desc) = 1
`;

const ordersSql = `/* model
description: Orders with their country.
columns:
  order_id: { tests: [not_null, unique] }
  country_name: { tests: [not_null] }
tests:
  - amount >= 0
*/
select
  orders.order_id,
  orders.status,
  orders.amount,
  orders.ordered_at,
  countries.country_name,
  strftime(orders.ordered_at, '%Y-%m') as order_month
from stg_orders as orders
left join countries using (country_code)
`;

// Published: a plain folder for every tool that reads Parquet.
const revenueSql = `/* model
description: What was sold and kept, by month and country.
partition_by: [order_month]
publish: true
*/
select
  order_month,
  country_name,
  count(*) as order_count,
  cast(sum(amount) as decimal(18, 2)) as revenue
from orders
where status <> 'returned'
group by order_month, country_name
order by order_month, country_name
`;

const testSql = `/* test
description: No order is older than the shop. A test returns the rows that should not be there.
*/
select order_id, ordered_at
from orders
where ordered_at < cast(\${vars.opened_on} as timestamp)
`;

const unitTestsYml = `# yaml-language-server: $schema=../node_modules/parquetry/json-schema/unit-tests.schema.json
# What a model makes of a few rows. Tables and columns that are not named are empty.
unit_tests:
  - name: an_order_is_what_was_said_of_it_last
    model: stg_orders
    given:
      shop.orders:
        - { order_id: 1, status: placed, amount_cents: 1999, updated_at: 2025-01-03 09:12:00 }
        - { order_id: 1, status: shipped, amount_cents: 1999, updated_at: 2025-01-04 16:40:00 }
    expect:
      - { order_id: 1, status: shipped, amount: 19.99 }
`;

function packageJson(name: string, version: string): string {
  const manifest = {
    name: name.toLowerCase(),
    private: true,
    type: 'module',
    scripts: { build: 'etl build', watch: 'etl watch', test: 'etl test' },
    devDependencies: { parquetry: `^${version}` },
  };
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

// The options, and the types of the project's tables, are kept there by every command that compiles.
const tsconfigJson = `{
  "extends": "./.etl/types/tsconfig.json"
}
`;

const readme = (name: string) => `# ${name}

\`\`\`sh
npm install
npx etl build                              # land, build, test, commit
npx etl query "from revenue_by_month"      # look at what came out
npx etl watch                              # build again at every save
\`\`\`

- \`sources.yml\` says what lands; \`data/\` holds it here.
- \`models/\` holds one SELECT a file; a table name is a dependency.
- \`macros/\` holds TypeScript that models call in \`\${…}\`.
- \`seeds/\` holds small tables as CSV.
- \`tests/\` holds queries that return the rows that should not be there, and what models make of a few rows.

\`revenue_by_month\` is published as plain files: \`duckdb -c "from '.etl/lake/revenue_by_month/**/*.parquet'"\`.
`;
