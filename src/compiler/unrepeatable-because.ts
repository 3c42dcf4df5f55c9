import type { CompileState } from './compile-state.js';
import type { Draft } from './draft.js';
import type { Repeatability } from './repeatability.js';

/** Tells why queries may give other rows on the same inputs, by themselves or through the macros that they call. */
export type UnrepeatableBecause = (
  queries: readonly Pick<Draft, 'parsed' | 'macros'>[],
) => string | undefined;

/** All macros are bound by now; each stands behind those that it calls. */
export function unrepeatableBecause(
  { closures, macros }: CompileState,
  repeatability: Repeatability,
): UnrepeatableBecause {
  const isMacro = (name: string) => macros.names.has(name);
  const reasons = new Map<string, string>();
  const because: UnrepeatableBecause = (queries) =>
    queries.map(({ parsed }) => repeatability.reason(parsed, isMacro)).find(Boolean) ??
    queries.flatMap((query) => query.macros.map((name) => reasons.get(name))).find(Boolean);
  for (const name of closures.keys()) {
    const { parsed, macros: called } = macros.drafts.get(name)!;
    const reason = because(parsed.map((body) => ({ parsed: body, macros: called })));
    if (reason) reasons.set(name, reason);
  }
  return because;
}
