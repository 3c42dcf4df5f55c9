import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import type { Column } from '../schema/table-schema.js';
import type { Draft } from './draft.js';
import { firstToken, placeOf } from './locate.js';
import type { QueryColumns } from './row-columns.js';

/** What is wrong when the query of a run that only adds has other columns than that of a full build. */
export function otherColumns(
  { expanded, fileText, sql }: Draft,
  result: QueryColumns,
  columns: readonly Column[],
): Diagnostic | undefined {
  const found = new Set(result.map(({ name }) => name.toLowerCase()));
  const missing = columns.filter(({ name }) => !found.has(name.toLowerCase()));
  if (missing.length === 0 && found.size === columns.length) return undefined;
  const list = (names: readonly string[]) => names.join(', ');
  return errorDiagnostic(
    'compile/invalid-config',
    `${expanded.name} has other columns when it is built incrementally: ${list(result.map(({ name }) => name))}.`,
    {
      ...placeOf(expanded, fileText, firstToken(sql)),
      hint: `a full build has ${list(columns.map(({ name }) => name))}; both must be the same`,
    },
  );
}
