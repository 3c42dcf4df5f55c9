import type { Memo } from '../../src/ports/memo.js';

/** A memo in memory that keeps text, as a file does. */
export function memoryMemo(
  entries = new Map<string, string>(),
): Memo & { readonly entries: Map<string, string> } {
  return {
    entries,
    get: (kind, key) => {
      const text = entries.get(`${kind} ${key}`);
      return text === undefined ? undefined : JSON.parse(text);
    },
    set: (kind, key, value) => void entries.set(`${kind} ${key}`, JSON.stringify(value)),
  };
}
