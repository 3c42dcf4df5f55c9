import type { PlannedNode, PlannedTest } from '../ir/run-plan.js';
import type { NodeResult, TestResult } from '../ir/run-result.js';

/** A node's result without what only some statuses have. */
export function nodeResult(
  { name, action, reason }: PlannedNode,
  status: NodeResult['status'],
  durationMs: number,
): NodeResult {
  return { name, action, reason, status, durationMs, diagnostics: [] };
}

/** The result of a test that did not look at any rows. */
export function idleTestResult({ test }: PlannedTest, status: 'reused' | 'skipped'): TestResult {
  const { name, node, sql, unit } = test;
  return {
    name,
    ...(node !== undefined && { node }),
    ...(unit && { isUnit: true }),
    status,
    durationMs: 0,
    failureCount: 0,
    sample: [],
    sql,
    diagnostics: [],
  };
}
