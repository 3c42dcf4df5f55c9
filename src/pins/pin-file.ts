import type { Span } from '../diagnostics/span.js';
import type { Pin } from '../schema/pin.js';

/** A pin as it stands in its file. */
export interface PinFile {
  readonly pin: Pin;
  /** Relative to the project's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** Where each column stands, by name. */
  readonly columnSpans: Readonly<Record<string, Span>>;
  /** Where the table's name stands. */
  readonly span: Span;
  readonly partitionSpan?: Span;
}

/** Where the pin of a table is kept. */
export function pinPath(table: string): string {
  return `schemas/${table}.yml`;
}
