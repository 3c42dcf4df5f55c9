import type { ErrorCase } from './error-fixtures.js';

/** What the engine has against types, functions and columns of a query. */
export const typeErrors: readonly ErrorCase[] = [
  [
    'operator on types',
    'select id + status from shop.orders',
    "1:11-12 compile/type-mismatch No function matches the given name and argument types '+(BIGINT, VARCHAR)'. | cast an argument to a type that it takes",
  ],
  [
    'function on types',
    "select\n  'é' as e, sum(status) from shop.orders",
    "2:13-16 compile/type-mismatch No function matches the given name and argument types 'sum(VARCHAR)'. | cast an argument to a type that it takes",
  ],
  [
    'case on types',
    'select case when id > 1 then ordered_at else [1] end as x from rates, shop.orders',
    '1:8-12 compile/type-mismatch Cannot mix values of type INTEGER[] and TIMESTAMP in CASE expression - an explicit cast is required.',
  ],
  [
    'unknown function',
    'select summ(id) from shop.orders',
    '1:8-12 compile/unknown-function There is no function "summ". | did you mean "sum"?',
  ],
  [
    'TypeScript macro as a function',
    'select centstodollars(id) from shop.orders',
    '1:8-22 compile/unknown-function There is no function "centstodollars". | it is a TypeScript macro: write ${centsToDollars(…)}',
  ],
  [
    'unknown table function',
    'select * from rnge(10)',
    '1:15-19 compile/unknown-function There is no function "rnge". | did you mean "range"?',
  ],
  ['unknown type', 'select id::foo from shop.orders', '1:12-15 compile/binder-error There is no type "foo".'],
  [
    'not grouped',
    'select id, count(*) from shop.orders',
    '1:8-10 compile/binder-error Column "id" must appear in the GROUP BY clause or must be part of an aggregate function. Either add it to the GROUP BY list, or use "ANY_VALUE(id)" if the exact value of "id" is not important.',
  ],
  [
    'aggregate in where',
    'select id from shop.orders where sum(id) > 1',
    '1:34-37 compile/binder-error WHERE clause cannot contain aggregates.',
  ],
  [
    'set operation',
    'select id from shop.orders union all select id, status from shop.orders',
    '1:1-7 compile/binder-error Set operations can only apply to expressions with the same number of result columns.',
  ],
  [
    'ambiguous column',
    'select id from shop.orders a, shop.orders b',
    '1:8-10 compile/binder-error Ambiguous reference to column name "id" (use: "a.id" or "b.id").',
  ],
  [
    'unknown window',
    'select sum(id) over w from shop.orders',
    '1:21-22 compile/syntax-error Window "w" does not exist.',
  ],
  [
    'column twice',
    'select id, status, ID from shop.orders',
    '1:20-22 compile/duplicate-column The result has two columns named "id". | give one another name with `as`, or leave it out of a star: `* exclude ("id")`',
  ],
  [
    'columns of stars twice',
    'select * from shop.orders a join shop.orders b using (id)',
    '1:8-9 compile/duplicate-column The result has two columns named "customer_id", "amount_cents", "status", "ordered_at". | give one another name with `as`, or leave it out of a star: `* exclude ("customer_id", "amount_cents", "status", "ordered_at")`',
  ],
  [
    'interval',
    'select id,\n  age(ordered_at) as took from shop.orders',
    '2:3-26 compile/unsupported-type Column "took" has the type INTERVAL, which cannot be stored: Parquet intervals lose microseconds and cannot be negative. | write `epoch_us(…)` or `cast(… as VARCHAR)`',
  ],
  [
    'unsigned huge integer',
    'select * exclude (id), id::uhugeint as id from shop.orders',
    '1:24-42 compile/unsupported-type Column "id" has the type UHUGEINT, which cannot be stored: Parquet has no unsigned 128-bit integer, and a DOUBLE would lose digits. | write `cast(… as DECIMAL(38,0))`',
  ],
  [
    'row without names',
    'select row(1, 2) as r',
    '1:8-22 compile/unsupported-type Column "r" has the type STRUCT(INTEGER, INTEGER), which cannot be stored: fields of a row need names. | write `struct_pack(name := …, …)`',
  ],
  [
    'missing file',
    "select * from read_csv('nope.csv')",
    '1:15-23 compile/binder-error No files found that match the pattern "nope.csv".',
  ],
  [
    'conversion',
    "select id from shop.orders limit 'x'",
    "1:34-37 compile/type-mismatch Could not convert string 'x' to INT64.",
  ],
  [
    'decimal',
    'select 1::decimal(50,2) as d',
    '1:1-7 compile/binder-error DECIMAL type width must be between 1 and 38.',
  ],
  [
    'SQL macro with a wrong argument',
    'select 1 as a, plus_day(status::blob) as b from shop.orders',
    "1:16-24 compile/type-mismatch No function matches the given name and argument types '+(BLOB, INTERVAL)'. | cast an argument to a type that it takes",
  ],
  [
    'SQL macro with too many arguments',
    'select plus_day(ordered_at, 1, 2) as b from shop.orders',
    '1:8-16 compile/type-mismatch Macro plus_day() does not support the supplied arguments.',
  ],
];
