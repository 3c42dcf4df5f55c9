import { type ChangeClass, compatibilityRules, type RuleId } from './compatibility-rules.js';
import type { SchemaChange } from './diff-schema.js';

/**
 * What a pinned table promises. `forward`: those who read today can read tomorrow's data. `backward`:
 * those who read tomorrow can read today's data. `full`: both. `…_transitive`: the same against every
 * earlier schema of the pin's history. `exact`: nothing changes. `none`: nothing is promised.
 */
export const compatibilityModes = [
  'forward',
  'forward_transitive',
  'backward',
  'backward_transitive',
  'full',
  'full_transitive',
  'exact',
  'none',
] as const;
export type CompatibilityMode = (typeof compatibilityModes)[number];

/** True for modes that are judged against the whole history. */
export function isTransitive(mode: CompatibilityMode): boolean {
  return mode.endsWith('_transitive');
}

export interface Finding {
  readonly change: SchemaChange;
  readonly class: ChangeClass;
}

export interface Judgement {
  /** The worst class found; `safe` when nothing changed. */
  readonly verdict: ChangeClass;
  readonly findings: readonly Finding[];
}

/** Says what every change means under a mode. */
export function judge(changes: readonly SchemaChange[], mode: CompatibilityMode): Judgement {
  const findings = changes.map((change) => ({ change, class: classOf(change.rule, mode) }));
  return { verdict: worst(findings.map((finding) => finding.class)), findings };
}

/** The class of one rule under a mode. */
export function classOf(id: RuleId, mode: CompatibilityMode): ChangeClass {
  const { forward, backward } = compatibilityRules[id];
  switch (mode) {
    case 'forward':
    case 'forward_transitive':
      return forward;
    case 'backward':
    case 'backward_transitive':
      return backward;
    case 'full':
    case 'full_transitive':
      return worst([forward, backward]);
    case 'exact':
      return 'breaking';
    case 'none':
      return 'safe';
  }
}

function worst(classes: readonly ChangeClass[]): ChangeClass {
  if (classes.includes('breaking')) return 'breaking';
  return classes.includes('warning') ? 'warning' : 'safe';
}
