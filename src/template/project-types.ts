import type { PlainValue } from '../ir/plain-value.js';

/**
 * The tables of the project by name (`stg_orders`, `shop.orders`), each an interface of its columns.
 * Empty here; generated types augment it, and every name and column is checked from then on:
 *
 * ```ts
 * declare module 'parquetry' {
 *   interface Database { stg_orders: { order_id: bigint; status: string | null } }
 * }
 * ```
 */
// biome-ignore lint/suspicious/noEmptyInterface: it is there to be augmented
export interface Database {}

/** The variables of `etl.yml` with their types. Empty here; generated types augment it. */
// biome-ignore lint/suspicious/noEmptyInterface: it is there to be augmented
export interface Vars {}

/** Name of a model, a seed or a `source.table`; any string as long as `Database` is not augmented. */
export type RelationName = keyof Database extends never ? string : Extract<keyof Database, string>;

/** The columns of a relation by its name. */
export type RowOf<Name extends string> = Name extends keyof Database
  ? Database[Name]
  : Readonly<Record<string, unknown>>;

export type SourceName = string extends RelationName
  ? string
  : RelationName extends infer Name
    ? Name extends `${infer Source}.${string}`
      ? Source
      : never
    : never;

/** Tables of one source. */
export type SourceTableName<Source extends string> = string extends RelationName
  ? string
  : RelationName extends infer Name
    ? Name extends `${Source}.${infer Table}`
      ? Table
      : never
    : never;

/** Any, as long as nothing is augmented: a project with tables and without variables has none. */
export type VarValues = keyof Vars | keyof Database extends never
  ? Readonly<Record<string, PlainValue>>
  : Readonly<Vars>;
