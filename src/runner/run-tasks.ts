import type { PlannedNode, PlannedTest, RunPlan } from '../ir/run-plan.js';

export type RunTask =
  | {
      readonly kind: 'node';
      readonly id: string;
      readonly after: readonly string[];
      readonly node: PlannedNode;
    }
  | {
      readonly kind: 'test';
      readonly id: string;
      readonly after: readonly string[];
      readonly test: PlannedTest;
    };

/**
 * Nodes wait for the nodes they read, for the tests that gate those and for their own unit tests; tests wait for what
 * they read.
 */
export function tasksOf(plan: RunPlan): readonly RunTask[] {
  const gatesOf = new Map<string, string[]>();
  const unitTestsOf = new Map<string, string[]>();
  for (const { test, gates, blocksDescendants } of plan.tests) {
    if (!blocksDescendants) continue;
    const gated = test.unit ? unitTestsOf : gatesOf;
    for (const gate of gates) gated.set(gate, [...(gated.get(gate) ?? []), `test:${test.name}`]);
  }
  const nodes = plan.nodes.map(
    (node): RunTask => ({
      kind: 'node',
      id: `node:${node.name}`,
      after: [
        ...node.after.flatMap((name) => [`node:${name}`, ...(gatesOf.get(name) ?? [])]),
        ...(unitTestsOf.get(node.name) ?? []),
      ],
      node,
    }),
  );
  const tests = plan.tests.map(
    (test): RunTask => ({
      kind: 'test',
      id: `test:${test.test.name}`,
      after: test.after.map((name) => `node:${name}`),
      test,
    }),
  );
  return [...tests, ...nodes];
}
