import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { FailedNode, Manifest } from '../ir/manifest.js';
import type { Action, PlannedNode } from '../ir/run-plan.js';

export interface FailedInput {
  readonly manifest: Manifest;
  /** Names that the person selected. */
  readonly selected: ReadonlySet<string>;
  /** Why source tables cannot be read, by name. */
  readonly unreadable: ReadonlyMap<string, readonly Diagnostic[]>;
}

/**
 * The nodes of a run that cannot be planned, since they are sources without known columns or read such: a source
 * fails with its reason, and what stands below it waits for it, so it is skipped.
 */
export function planFailed({ manifest, selected, unreadable }: FailedInput): readonly PlannedNode[] {
  const failed = new Map((manifest.failed ?? []).map((node) => [node.name, node]));
  const active = new Set<string>();
  const order: PlannedNode[] = [];
  const visit = (node: FailedNode): void => {
    if (active.has(node.name)) return;
    active.add(node.name);
    const below = node.inputs.flatMap((name) => failed.get(name) ?? []);
    for (const input of below) visit(input);
    const failure = unreadable.get(node.name) ?? (below.length === 0 && [...unreadable.values()].flat());
    order.push({
      name: node.name,
      action: actionOf(node),
      reason: { kind: 'new' },
      dataKey: 'unreadable',
      inputKeys: {},
      after: below.map(({ name }) => name),
      ...(failure && { failure }),
    });
  };
  for (const name of selected) if (failed.has(name)) visit(failed.get(name)!);
  return order;
}

function actionOf({ kind, config }: FailedNode): Action {
  if (kind !== 'model') return kind === 'source' ? 'land' : 'seed';
  return config.materialized === 'view' ? 'view' : 'build';
}
