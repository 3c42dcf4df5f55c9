import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { openDuckdb } from '../engine/duckdb.js';
import type { Memo } from '../ports/memo.js';
import { compile } from './compile.js';
import { compileInput, type ProjectParts } from './compile-input-fixture.js';

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
