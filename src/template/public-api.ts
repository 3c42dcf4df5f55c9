/** Everything that expressions and macros have: in scope by name in models, importable from 'parquetry'. */
export type { AliasedExpression, Expression, RawBuilder, SelectQueryBuilder, SqlBool } from 'kysely';
export { columnsOf, type NamedColumn } from './columns-of.js';
export { db } from './db.js';
export type { Batch, TargetInfo } from './expansion-context.js';
export { batch, env, incremental, self, target, vars } from './live-values.js';
export * from './project-types.js';
export { Relation, ref, source } from './relation.js';
export { sql } from './sql-tag.js';
export * from './std/standard-library.js';
export { type TransformModel, type TransformOptions, type TransformOutput, transform } from './transform.js';
export type { InputBatch, InputColumn, OutputRow } from './transform-types.js';
export { when } from './when.js';
