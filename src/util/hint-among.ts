import { nearest } from './nearest.js';

/** A hint with the nearest known name, or with all of them when they are few. */
export function hintAmong(name: string, known: readonly string[]): { readonly hint?: string } {
  const close = nearest(name, known);
  if (close) return { hint: `did you mean "${close}"?` };
  return known.length > 0 && known.length <= 12 ? { hint: `one of ${known.join(', ')}` } : {};
}
