import type { Manifest } from '../ir/manifest.js';
import type { PlannedTest, RunPlan } from '../ir/run-plan.js';
import type { TableVersion } from '../ir/table-version.js';

/** Nodes that must stay out of the commit: those that failed, those a failing test gates, and all that read them. */
export function excludedNodes(
  manifest: Manifest,
  failedNodes: ReadonlySet<string>,
  failedTests: readonly PlannedTest[],
): ReadonlySet<string> {
  const excluded = new Set([...failedNodes, ...failedTests.flatMap((test) => test.gates)]);
  for (const node of manifest.nodes.values()) {
    if (node.inputs.some((input) => excluded.has(input))) excluded.add(node.name);
  }
  return excluded;
}

/** What the commit changes: the versions of nodes that are not excluded, and, after a run without failures, the drops. */
export function commitChanges(
  plan: RunPlan,
  versions: readonly TableVersion[],
  excluded: ReadonlySet<string>,
): ReadonlyMap<string, TableVersion | null> {
  const changes = new Map<string, TableVersion | null>();
  for (const version of versions) {
    if (!excluded.has(version.provenance.attachedTo ?? version.table)) changes.set(version.table, version);
  }
  if (excluded.size === 0) {
    for (const table of plan.drops) if (!changes.has(table)) changes.set(table, null);
  }
  return changes;
}
