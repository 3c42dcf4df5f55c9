/**
 * One stretch of expanded SQL and where it came from. Segments are sorted by `outStart` and cover the
 * whole SQL. A `text` segment is copied from the file verbatim, so offsets in it map one to one; an
 * `expression` segment was produced by `${…}` and maps to the expression as a whole.
 */
export interface Segment {
  readonly kind: 'text' | 'expression';
  /** UTF-16 offsets in the expanded SQL. */
  readonly outStart: number;
  readonly outEnd: number;
  /** UTF-16 offsets in the file. */
  readonly sourceStart: number;
  readonly sourceEnd: number;
  /** Stretches of the expanded SQL (start, end) that hold the value of an environment variable: mask them before printing. */
  readonly hidden?: readonly (readonly [number, number])[];
}

/** A model after its `${…}` expressions ran. */
export interface ExpandedModel {
  readonly name: string;
  /** Path of the file, relative to the project's root. */
  readonly path: string;
  readonly sql: string;
  readonly segments: readonly Segment[];
  /** Tables that `ref()` and `source()` named, as models name them. */
  readonly refs: readonly string[];
  /** Set where code makes the rows: `sql` then only says which columns they have, and holds the query of the input. */
  readonly transform?: ExpandedTransform;
}

export interface ExpandedTransform {
  /** DuckDB type by name, as declared. */
  readonly columns: Readonly<Record<string, string>>;
  /** Hash of the code. */
  readonly code: string;
}

/** A model whose expressions asked for the columns of tables that were not known yet. */
export interface PendingModel {
  readonly name: string;
  readonly path: string;
  /** Tables whose columns it asked for, as models name them. Expanding it again may show more. */
  readonly needs: readonly string[];
  /** Tables that `ref()` and `source()` named so far. */
  readonly refs: readonly string[];
}
