import { type Diagnostic, warningDiagnostic } from '../diagnostics/diagnostic.js';
import { followsInputs, hasEventTime } from '../ir/follows-inputs.js';
import type { Manifest } from '../ir/manifest.js';
import { isProtected } from '../ir/protection.js';
import type { RunPlan } from '../ir/run-plan.js';

/**
 * A table that is added to keeps the rows that it has, also where the SQL of what it reads changed: they stay as the
 * earlier SQL made them. Said once, by the run that takes up the change; tables that are protected mean it so.
 */
export function earlierSqlWarnings(manifest: Manifest, { nodes }: RunPlan): readonly Diagnostic[] {
  const planned = new Map(nodes.map((node) => [node.name, node]));
  const changedAbove = new Map<string, ReadonlySet<string>>();
  const warnings: Diagnostic[] = [];
  for (const { name, inputs, config } of manifest.nodes.values()) {
    const { reason, mode } = planned.get(name) ?? {};
    // Other rows of these are seen, whatever made them others.
    const isFollowed = (input: string) => followsInputs(config) && hasEventTime(manifest.nodes.get(input));
    const unseen = inputs.filter((input) => !isFollowed(input));
    const above = new Set(unseen.flatMap((input) => [...(changedAbove.get(input) ?? [])]));
    const keepsRows = mode?.kind === 'incremental';
    if (keepsRows && reason?.kind === 'input-changed' && above.size > 0 && !isProtected(config)) {
      const message = `${name} keeps rows that were made by the earlier SQL of ${[...above].join(', ')}.`;
      const hint = `where they should change too, build it in full: etl build -s ${name} --full-refresh`;
      warnings.push(warningDiagnostic('run/earlier-sql', message, { hint }));
    }
    if (keepsRows) continue;
    changedAbove.set(name, reason?.kind === 'logic-changed' ? new Set([...above, name]) : above);
  }
  return warnings;
}
