import type { RunPlan } from '../ir/run-plan.js';
import type { RunResult } from '../ir/run-result.js';
import { Connections } from './connections.js';
import { idleTestResult, nodeResult } from './results.js';
import { Run, type RunOutcome } from './run.js';
import type { RunInput } from './run-context.js';
import { RelationSession } from './session.js';

/**
 * Carries out a plan: writes what nobody can see yet, audits it, and commits all that is sound as one.
 * Whatever happens, files that are not committed are removed before it returns.
 */
export async function runPlan(input: RunInput): Promise<RunResult> {
  const started = performance.now();
  const startedAt = input.now().toISOString();
  const { plan } = input;
  input.emit({
    kind: 'run-started',
    runId: input.runId,
    target: plan.target,
    nodeCount: plan.nodes.length,
    testCount: plan.tests.length,
  });
  const outcome = needsEngine(plan) ? await runWithEngine(input) : allReused(input);
  const { nodes, tests, commit, diagnostics, cutOff } = outcome;
  const failed =
    diagnostics.some((d) => d.severity === 'error') ||
    nodes.some((n) => n.status === 'failed' || n.status === 'skipped') ||
    tests.some((t) => t.status === 'fail' || t.status === 'error');
  const result: RunResult = {
    runId: input.runId,
    target: plan.target,
    // An interrupt that came when all was done changes nothing.
    status: !failed && !cutOff ? 'success' : input.signal.aborted ? 'interrupted' : 'failed',
    startedAt,
    durationMs: performance.now() - started,
    ...(commit !== undefined && { commit }),
    nodes,
    tests,
    diagnostics,
  };
  return result;
}

/** Opening the engine costs more than a whole run that changes nothing. */
function needsEngine(plan: RunPlan): boolean {
  return (
    plan.drops.length > 0 ||
    plan.nodes.some((node) => node.action !== 'reuse' && node.action !== 'inline') ||
    plan.tests.some((test) => !test.passedBefore)
  );
}

function allReused({ plan, emit }: RunInput): RunOutcome {
  const nodes = plan.nodes
    .filter((node) => node.action === 'reuse')
    .map((node) => nodeResult(node, 'reused', 0));
  for (const result of nodes) emit({ kind: 'node-finished', result });
  const tests = plan.tests.map((planned) => idleTestResult(planned, 'reused'));
  for (const result of tests) emit({ kind: 'test-finished', result });
  return { nodes, tests, diagnostics: [] };
}

async function runWithEngine(input: RunInput): Promise<RunOutcome> {
  const engine = await input.openEngine();
  const session = await RelationSession.open(engine, input.snapshot, input.lake, input.manifest.sqlMacros);
  const connections = new Connections(engine, input.signal, (name, fraction) =>
    input.emit({ kind: 'node-progress', name, fraction }),
  );
  const run = new Run({ ...input, session, connections });
  try {
    return await run.execute();
  } finally {
    connections.close();
    session.close();
  }
}
