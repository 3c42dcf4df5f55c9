import { type Diagnostic, warningDiagnostic } from '../diagnostics/diagnostic.js';
import { followsInputs, hasEventTime } from '../ir/follows-inputs.js';
import type { Manifest, ManifestNode } from '../ir/manifest.js';

/**
 * The warning of a model built by intervals that nothing tells which intervals its inputs have rows for: what lands
 * later for one that is built stays out. `text` is that of its file; one that uses `batch` picks its rows itself.
 */
export function untimedInputs(
  { name, path, config, configSpans, inputs }: ManifestNode,
  nodes: Manifest['nodes'],
  text: string,
): readonly Diagnostic[] {
  if (config.options.strategy !== 'time_range' || inputs.length === 0) return [];
  if (inputs.some((input) => hasEventTime(nodes.get(input)))) return [];
  const asks = configSpans?.late_rows;
  const follows = followsInputs(config) && asks?.file === path;
  if (!follows && /\bbatch\b/.test(text)) return [];
  const span = follows ? asks : configSpans?.strategy;
  const thus = follows
    ? ', so there is nothing that `late_rows: build` could follow'
    : ': rows that land later for intervals that are built stay out';
  const message = `None of the tables that ${name} reads has an event_time${thus}.`;
  const hint = hintFor(inputs, (input) => nodes.get(input)?.kind === 'seed');
  return [warningDiagnostic('compile/invalid-config', message, { ...(span && { span }), hint })];
}

/** Seeds have no `event_time`. */
function hintFor(inputs: readonly string[], isSeed: (input: string) => boolean): string {
  const what = 'the column that says when a row happened';
  const [first, ...others] = inputs.filter((input) => !isSeed(input));
  if (first === undefined)
    return `read ${inputs[0]} through a model with \`materialized: view\` and an \`event_time\`, ${what}`;
  const names = others.length === 0 ? first : `one of ${[first, ...others].join(', ')}`;
  return `give ${names} an \`event_time\`, ${what}`;
}
