import type { Span } from '../diagnostics/span.js';
import type { PlainValue } from './plain-value.js';

/** A value as a person wrote it: text that becomes the type of its column, JSON for a list or struct, or NULL. */
export type UnitTestValue = string | null | { readonly json: string };

/** A row by column; a column that is not named is NULL. */
export type UnitTestRow = Readonly<Record<string, UnitTestValue>>;

/** How a model is to be seen while it is tested, where not as it is in a full build. */
export interface UnitTestSetting {
  /** Over those of the project, by name. */
  readonly vars?: Readonly<Record<string, PlainValue>>;
  /** The stretch of time of one batch; ISO 8601 texts, `end` exclusive. */
  readonly batch?: { readonly start: string; readonly end: string };
}

/** What a model is to make of the rows that it is given. */
export interface UnitTest extends UnitTestSetting {
  /** Rows by the table that the model reads; what is not named is empty. Of the model itself: what it has so far. */
  readonly given: readonly { readonly table: string; readonly rows: readonly UnitTestRow[] }[];
  readonly expect: readonly UnitTestRow[];
}

/** A unit test as it is written, before anything is known of its model. */
export interface WrittenUnitTest extends UnitTestSetting {
  readonly name: string;
  /** Of the file, relative to the project's root. */
  readonly path: string;
  readonly span: Span;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly model: string;
  readonly modelSpan: Span;
  readonly given: readonly WrittenRows[];
  readonly expect: WrittenRows;
}

/** Rows under a key, and every column where it is written. */
export interface WrittenRows {
  readonly name: string;
  readonly span: Span;
  readonly rows: readonly (readonly WrittenCell[])[];
}

export interface WrittenCell {
  readonly column: string;
  readonly value: UnitTestValue;
  readonly span: Span;
}
