import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { RunEvent } from '../ir/run-event.js';
import { commandName } from '../util/command-name.js';

const ofProject =
  'backfill build check clean compile debug diff history intervals land lineage ls pin plan publish query retry rollback runs show test types vacuum watch';
const command = new RegExp(
  `(?<![\\w./-])(?:npx )?etl (${ofProject.replaceAll(' ', '|')}|init)\\b(?! --help)`,
  'g',
);

/** A hint whose commands can be typed as they stand, and mean the project and target of the command before. */
export function typeableHint(hint: string, projectFlags = ''): string {
  return hint.replace(command, (_, verb: string) =>
    [commandName(), verb, verb === 'init' ? '' : projectFlags].filter(Boolean).join(' '),
  );
}

/** Makes the hints of events typeable. A diagnostic that comes twice stays one. */
export function typeableHints(projectFlags: string | undefined): (event: RunEvent) => RunEvent {
  const known = new WeakMap<Diagnostic, Diagnostic>();
  const one = (diagnostic: Diagnostic): Diagnostic => {
    const { hint } = diagnostic;
    if (hint === undefined) return diagnostic;
    const found = known.get(diagnostic) ?? { ...diagnostic, hint: typeableHint(hint, projectFlags) };
    known.set(diagnostic, found);
    return found;
  };
  const within = <T extends { readonly diagnostics: readonly Diagnostic[] }>(result: T): T => ({
    ...result,
    diagnostics: result.diagnostics.map(one),
  });
  return (event) => {
    switch (event.kind) {
      case 'diagnostics':
        return within(event);
      case 'node-finished':
        return { ...event, result: within(event.result) };
      case 'test-finished':
        return { ...event, result: within(event.result) };
      case 'run-finished': {
        const { nodes, tests } = event.result;
        return {
          ...event,
          result: { ...within(event.result), nodes: nodes.map(within), tests: tests.map(within) },
        };
      }
      default:
        return event;
    }
  };
}
