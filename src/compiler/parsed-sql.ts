/** A table name in a query that is no CTE: what the query depends on. */
export interface TableReference {
  readonly catalog: string;
  readonly schema: string;
  readonly name: string;
  /** UTF-8 byte offset in the SQL, where DuckDB knows it. */
  readonly byteOffset?: number;
}

/** All that later stages need to know of a SQL text, so that its syntax tree can be forgotten. */
export interface ParsedSql {
  /** Why it is not exactly one SELECT that can be bound; the rest is then empty. */
  readonly problem?: ParseProblem;
  readonly tables: readonly TableReference[];
  /** Lower-case names of scalar, aggregate and window functions, and of names that work without brackets (`current_date`); sorted. */
  readonly functions: readonly string[];
  /** Lower-case names of functions in FROM, sorted. */
  readonly tableFunctions: readonly string[];
  /** True where rows are picked at random without a fixed seed. */
  readonly sampled: boolean;
  /** Hash of the syntax tree without positions: equal for texts that differ in formatting and comments only. */
  readonly hash: string;
}

export type ParseProblem =
  | { readonly kind: 'syntax'; readonly message: string; readonly offset?: number }
  | { readonly kind: 'empty' }
  | { readonly kind: 'several-statements' }
  | { readonly kind: 'not-a-select' }
  | { readonly kind: 'parameter' };
