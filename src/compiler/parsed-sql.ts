/** A table name in a query that is no CTE: what the query depends on. */
export interface TableReference {
  readonly catalog?: string;
  readonly schema?: string;
  readonly name: string;
  /** UTF-8 byte offset in the SQL, where DuckDB knows it. */
  readonly byteOffset?: number;
}

/** All that later stages need to know of a SQL text, so that its syntax tree can be forgotten. */
export interface ParsedSql {
  /** Why it is not exactly one SELECT that can be bound; the rest is then empty. */
  readonly problem?: ParseProblem;
  readonly tables: readonly TableReference[];
  /**
   * Lower-case names of scalar, aggregate and window functions without operators, and of names that work without
   * brackets (`current_date`); sorted, one a line. As one text, because few texts stand for very many queries.
   */
  readonly functions: string;
  /** Lower-case names of functions in FROM, sorted, one a line. */
  readonly tableFunctions: string;
  /** Where rows are picked at random without a fixed seed. */
  readonly sampled?: true;
  /** Hash of the syntax tree without positions: equal for texts that differ in formatting and comments only. */
  readonly hash: string;
}

/** The names in `functions` or `tableFunctions`. */
export function functionNames(lines: string): readonly string[] {
  return lines === '' ? [] : lines.split('\n');
}

export type ParseProblem =
  | {
      readonly kind: 'syntax';
      readonly message: string;
      readonly offset?: number;
      /** The keyword in place of a name that makes the query wrong: quoted, it would parse. */
      readonly keyword?: string;
    }
  | { readonly kind: 'empty' }
  | { readonly kind: 'several-statements' }
  | { readonly kind: 'not-a-select' }
  /** DuckDB can run it, but cannot hand out its syntax tree. */
  | { readonly kind: 'unsupported'; readonly message: string }
  | { readonly kind: 'parameter' };
