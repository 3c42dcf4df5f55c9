import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import { type Draft, referenceStretch } from './draft.js';
import { macroOf } from './graph-ids.js';
import { findIdentifier, firstToken, type Stretch } from './locate.js';
import type { NameTable } from './name-table.js';

/** Names a circle of models at the first one's reference to the next, with the other references as notes. */
export function explainCycle(
  cycle: readonly string[],
  placeOfLink: (from: string, to: string) => Span | undefined,
  isIncremental: (name: string) => boolean,
): Diagnostic {
  const links = cycle.map((from, i) => {
    const to = cycle[(i + 1) % cycle.length]!;
    const span = placeOfLink(from, to);
    return { message: `${from} reads ${to}`, ...(span && { span }) };
  });
  const [first, ...others] = links;
  const path = [...cycle, cycle[0]].join(' → ');
  const message =
    cycle.length === 1
      ? `${cycle[0]} reads itself.`
      : `These depend on each other in a circle, each reading the next: ${path}.`;
  return errorDiagnostic('compile/cycle', message, {
    ...(first!.span && { span: first!.span }),
    ...(others.length > 0 && { notes: others }),
    hint:
      cycle.length === 1 && isIncremental(cycle[0]!)
        ? 'a full build has no rows of its own to read: write ${when(incremental, sql`…`)} around what reads them'
        : 'take one of these references out',
  });
}

/** Where a query names a table, or calls a macro, by the id that it has in the graph. */
export function linkStretch({ sql, parsed }: Draft, to: string, names: NameTable): Stretch {
  const reference = parsed.tables.find((table) => {
    const resolution = names.resolve(table);
    return 'name' in resolution && resolution.name === to;
  });
  if (reference) return referenceStretch(sql, reference);
  const macro = macroOf(to);
  return (macro === undefined ? undefined : findIdentifier(sql, macro)) ?? firstToken(sql);
}
