/** What tests of macros may import, as 'parquetry/testing'. Re-exports only. */
export { expectSql, type SqlExpectation } from './testing/expect-sql.js';
export { type GivenTable, type RowsOptions, rows } from './testing/rows.js';
export { type Fragment, type MacroContext, sqlOf } from './testing/sql-of.js';
