import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { openDuckdb } from '../engine/duckdb.js';
import type { Memo } from '../ports/memo.js';
import { compile } from './compile.js';
import { compileInput, type ProjectParts } from './test-project.js';

/** Compiles a project of a test with a real DuckDB. */
export function compileParts(
  parts: ProjectParts,
  memo?: Memo,
  openEngine = () => openDuckdb({ threads: 2 }),
) {
  return compile({ ...compileInput(parts), openEngine, ...(memo && { memo }) });
}

/** `file:line:column-endcolumn code message | hint`. */
export function shown({ code, message, span, hint }: Diagnostic): string {
  const place = span ? `${span.file}:${span.start.line}:${span.start.column}-${span.end.column} ` : '';
  return `${place}${code} ${message}${hint ? ` | ${hint}` : ''}`;
}

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
