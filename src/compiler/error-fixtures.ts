/** What is wrong, the SQL of the model, and every diagnostic: `line:column-endcolumn code message | hint`. */
export type ErrorCase = readonly [name: string, sql: string, ...expected: string[]];

export const unknownNames: readonly ErrorCase[] = [
  [
    'unknown model',
    'select * from rats',
    '1:15-19 compile/unknown-model There is no model, seed or source table "rats". | did you mean "rates"?',
  ],
  [
    'unknown model, far from all',
    'select * from something_else',
    '1:15-29 compile/unknown-model There is no model, seed or source table "something_else".',
  ],
  [
    'unknown source table',
    "select 'é😀' from shop.ordrs",
    '1:19-29 compile/unknown-source The source shop has no table "ordrs" in sources.yml. | did you mean "shop.orders"?',
  ],
  [
    'unknown source',
    'select * from shopp.orders',
    '1:15-27 compile/unknown-source There is no source "shopp" in sources.yml. | did you mean "shop.orders"?',
  ],
  [
    'schema before a seed',
    'select * from seeds.rates',
    '1:15-26 compile/unknown-source There is no source "seeds" in sources.yml. | did you mean "rates"? Models and seeds have no schema',
  ],
  [
    'source table without its source',
    'select * from orders',
    '1:15-21 compile/unknown-model There is no model, seed or source table "orders". | did you mean "shop.orders"?',
  ],
  [
    'whole name in quotes',
    'select * from "shop.orders"',
    '1:15-28 compile/unknown-model There is no model or seed "shop.orders". | write shop.orders without quotes around the whole name',
  ],
  [
    'file',
    "select * from 'x.csv'",
    "1:15-22 compile/unknown-model \"x.csv\" is a file, not a model, seed or source table. | declare a source for it in sources.yml, or write read_csv('…'), read_json('…') or read_parquet('…')",
  ],
  [
    'table that only a text names',
    "select 'é😀', * from query_table('rates')",
    '1:22-33 compile/hidden-input query_table() takes its table as a text, so nothing can tell what is read. | name the table in FROM; where the name is computed, write ${ref(…)} or a TypeScript macro that takes one',
  ],
  [
    'window function without a window',
    "select 'é', Row_Number() from rates",
    '1:13-23 compile/unknown-function There is no function "row_number". | it works over a window: write row_number(…) over (…)',
  ],
  [
    'other database',
    'select * from a.b.c',
    '1:15-20 compile/unknown-source "a.b.c" is in another database, whose changes cannot be seen. | declare a source for it in sources.yml',
  ],
  [
    'disabled model',
    'select * from off',
    '1:15-18 compile/unknown-model The model off is disabled. | enable it, or take the reference out',
  ],
  [
    'unknown column',
    "select 'é😀', amout_cents from shop.orders",
    '1:15-26 compile/unknown-column Column "amout_cents" does not exist in shop.orders. | did you mean "amount_cents"?',
  ],
  [
    'unknown column, far from all',
    'select zzzzzzz from rates',
    '1:8-15 compile/unknown-column Column "zzzzzzz" does not exist in rates. | rates has currency, rate',
  ],
  [
    'unknown qualified column',
    'select o.amout_cents from shop.orders as o join rates r on true',
    '1:10-21 compile/unknown-column Column "amout_cents" does not exist in shop.orders. | did you mean "amount_cents"?',
  ],
  [
    'unknown column of a qualified table',
    'select shop.orders.idd from shop.orders',
    '1:20-23 compile/unknown-column Column "idd" does not exist in shop.orders. | did you mean "id"?',
  ],
  [
    'column of the other table',
    'select o.rate from shop.orders as o join rates r on true',
    '1:10-14 compile/unknown-column Column "rate" does not exist in shop.orders. | rates has it',
  ],
  [
    'column of a table outside',
    'select id from (select currency from rates)',
    '1:8-10 compile/unknown-column Column "id" does not exist in any table of FROM. | there is currency',
  ],
  [
    'unknown column in a CTE',
    'with a as (select idd from shop.orders)\nselect * from a',
    '1:19-22 compile/unknown-column Column "idd" does not exist in any table of FROM. | did you mean "id"?',
  ],
  [
    'unknown column of a CTE',
    'with a as (select id from shop.orders)\nselect status from a',
    '2:8-14 compile/unknown-column Column "status" does not exist in any table of FROM. | shop.orders has it',
  ],
  [
    'unknown column behind the name of a CTE',
    'with a as (select * from rates)\nselect a.ratte from a',
    '2:10-15 compile/unknown-column Column "ratte" does not exist in a. | did you mean "rate"?',
  ],
  [
    'unknown column behind the alias of a query in brackets',
    "select 'é😀', b.totl from (select rate as total from rates) b",
    '1:17-21 compile/unknown-column Column "totl" does not exist in b. | did you mean "total"?',
  ],
  [
    'column that only the table inside has, whose name the CTE has',
    'with orders as (select id from shop.orders)\nselect orders.status from orders',
    '2:15-21 compile/unknown-column Column "status" does not exist in orders. | shop.orders has it',
  ],
  [
    'unknown column in a lambda',
    'select list_transform([1], lambda x: x + yy) from rates',
    '1:42-44 compile/unknown-column Column "yy" does not exist in rates. | rates has currency, rate',
  ],
  [
    'unknown alias',
    'select x.id from shop.orders o',
    '1:8-9 compile/binder-error "x" is not one of the tables in FROM. | did you mean "o"?',
  ],
  [
    'exclude',
    'select * exclude (idd) from shop.orders',
    '1:19-22 compile/unknown-column Column "idd" in the EXCLUDE list does not exist. | did you mean "id"?',
  ],
  [
    'replace',
    'select * replace (1 as idd) from shop.orders',
    '1:24-27 compile/unknown-column Column "idd" in the REPLACE list does not exist. | did you mean "id"?',
  ],
  [
    'using',
    'select * from shop.orders join rates using (rate)',
    '1:45-49 compile/unknown-column Column "rate" does not exist on the left side of the join. | rates has it',
  ],
  [
    'struct field',
    "with a as (select {'x': 1} as s)\nselect s.y from a",
    '2:10-11 compile/unknown-column The struct has no field "y". | did you mean "x"?',
  ],
];

export const notOneSelect: readonly ErrorCase[] = [
  ['syntax error', "select 'é😀' frm x y z", '1:18-19 compile/syntax-error Syntax error at or near "x".'],
  [
    'syntax error at the end',
    'select id from -- nothing',
    '1:11-15 compile/syntax-error Syntax error at end of input.',
  ],
  [
    'ref of dbt',
    "select 'é😀' from {{ ref('rates') }}",
    `1:19-20 compile/syntax-error Syntax error at or near "{". | write rates or \${ref('rates')}`,
  ],
  [
    'source of dbt',
    'select * from {{source("shop", "orders")}}',
    `1:15-16 compile/syntax-error Syntax error at or near "{". | write shop.orders or \${source('shop', 'orders')}`,
  ],
  [
    'variable of dbt',
    "select {{- var('day', 1) }} as at from rates",
    '1:9-10 compile/syntax-error Syntax error at or near "{". | write ${vars.day}',
  ],
  [
    'settings of dbt',
    "{{ config(materialized='table') }}\nselect * from {{ ref('rates') }}",
    '1:1-2 compile/syntax-error Syntax error at or near "{". | settings stand in the front matter: /* model … */',
  ],
  [
    'statement of Jinja',
    "select '{{' from rates {% for x in y %}",
    '1:24-25 compile/syntax-error Syntax error at or near "{". | templates are TypeScript, in ${…}, and not Jinja: see docs/macros.md',
  ],
  [
    'syntax error beside braces in a text',
    "select '{{ ref(1) }}' frm x y z -- {{ this }}",
    '1:27-28 compile/syntax-error Syntax error at or near "x".',
  ],
  [
    'keyword as a name',
    "select 'é', id, at, order, status from shop.orders",
    '1:19-20 compile/syntax-error Syntax error at or near ",". | at is a keyword: as a name, write "at"',
  ],
  [
    'keyword as a table',
    'select id from table where id > 1',
    '1:16-21 compile/syntax-error Syntax error at or near "table". | table is a keyword: as a name, write "table"',
  ],
  [
    'keyword in its place',
    'select id from shop.orders where order by id',
    '1:34-39 compile/syntax-error Syntax error at or near "order".',
  ],
  [
    'unclosed string',
    "select 'abc from rates",
    '1:8-23 compile/syntax-error Unterminated quoted string at or near "\'abc from rates".',
  ],
  [
    'create table',
    'create table x as select 1',
    '1:1-7 project/not-a-select CREATE is not a SELECT. | write the SELECT alone: what it becomes is said by `materialized:`',
  ],
  [
    'create macro',
    'create macro f() as 1',
    '1:1-7 project/not-a-select CREATE is not a SELECT. | put CREATE MACRO into a file under macros/',
  ],
  [
    'insert',
    '-- é\ninsert into x select 1',
    '2:1-7 project/not-a-select INSERT is not a SELECT. | write one SELECT that returns the rows',
  ],
  [
    'two statements',
    'select 1; select 2',
    '1:11-17 project/not-a-select The file has more than one statement. | keep one SELECT here, and put each other one into its own file',
  ],
  ['no statement', '  -- nothing\n', '1:1-1 project/not-a-select The file has no SQL. | write one SELECT'],
  [
    'a type that DuckDB cannot print',
    "select\n  cast(null as ENUM('a', 'b')[]) as e",
    '1:1-7 compile/binder-error Cannot serialize non-constant type parameter when targeting serialization version v0.10.2. | write the type in another way, such as VARCHAR[] for a list of an ENUM',
  ],
  [
    'parameters of two kinds',
    'select $1, $name',
    '1:8-10 compile/binder-error The query has a parameter that nothing gives a value to. | write ${vars.name} for a variable of etl.yml',
  ],
  [
    'describe',
    'describe rates',
    '1:1-9 project/not-a-select DESCRIBE is not a SELECT. | write one SELECT that returns the rows',
  ],
  [
    'show',
    'show tables',
    '1:1-5 project/not-a-select SHOW is not a SELECT. | write one SELECT that returns the rows',
  ],
  [
    'pivot without values',
    'with a as (from rates) pivot a on currency using sum(rate)',
    '1:24-29 project/not-a-select The columns of this PIVOT depend on the data. | list its values: pivot … on … in (…)',
  ],
  [
    'parameter',
    'select * from rates where rate > $1',
    '1:34-36 compile/binder-error The query has a parameter that nothing gives a value to. | write ${vars.name} for a variable of etl.yml',
  ],
];
