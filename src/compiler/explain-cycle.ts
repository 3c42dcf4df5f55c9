import { type Diagnostic, errorDiagnostic, type Note } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import { type Draft, referenceStretch } from './draft.js';
import { macroOf } from './graph-ids.js';
import { findIdentifier, firstToken, placeOf } from './locate.js';
import type { DraftMacro } from './macro-set.js';

/** Names a circle of models at the first one's reference to the next, with the other references as notes. */
export function explainCycle(
  cycle: readonly string[],
  drafts: ReadonlyMap<string, Draft>,
  macros: ReadonlyMap<string, DraftMacro>,
): Diagnostic {
  const links = cycle.map((from, i) => {
    const to = cycle[(i + 1) % cycle.length]!;
    return { message: `${from} reads ${to}`, span: linkSpan(from, to, drafts, macros) };
  });
  const [first, ...others] = links;
  const path = [...cycle, cycle[0]].join(' → ');
  const message =
    cycle.length === 1
      ? `${cycle[0]} reads itself.`
      : `These depend on each other in a circle, each reading the next: ${path}.`;
  return errorDiagnostic('compile/cycle', message, {
    span: first!.span,
    ...(others.length > 0 && { notes: others satisfies readonly Note[] }),
    hint: 'take one of these references out',
  });
}

function linkSpan(
  from: string,
  to: string,
  drafts: ReadonlyMap<string, Draft>,
  macros: ReadonlyMap<string, DraftMacro>,
): Span {
  const macro = macroOf(from);
  if (macro !== undefined) return macros.get(macro)!.written.nameSpan;
  const { expanded, fileText, sql, references } = drafts.get(from)!;
  const called = macroOf(to);
  const reference = references.find(({ name }) => name === to)?.reference;
  const stretch = reference
    ? referenceStretch(sql, reference)
    : ((called === undefined ? undefined : findIdentifier(sql, called)) ?? firstToken(sql));
  return placeOf(expanded, fileText, stretch).span;
}
