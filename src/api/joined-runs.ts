import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { RunEvent } from '../ir/run-event.js';
import type { NodeResult, NodeStatus, RunResult, TestResult, TestStatus } from '../ir/run-result.js';

/** The results of several runs of the same nodes as those of one. */
export type JoinedResults = Pick<RunResult, 'status' | 'nodes' | 'tests' | 'diagnostics'> &
  Partial<Pick<RunResult, 'commit'>>;

/** What all runs together are about. */
export interface Totals {
  readonly nodeCount: number;
  readonly testCount: number;
}

type Listener = ((event: RunEvent) => void) | undefined;

/** From what says least about all parts to what says most. */
const nodeStatuses: readonly NodeStatus[] = ['reused', 'success', 'skipped', 'failed'];
const testStatuses: readonly TestStatus[] = ['reused', 'pass', 'skipped', 'warn', 'fail', 'error'];

export function joinResults(results: readonly RunResult[], earlier: readonly Diagnostic[]): JoinedResults {
  const statuses = results.map(({ status }) => status);
  const commit = results.findLast((result) => result.commit !== undefined)?.commit;
  const ended = statuses.includes('failed') || results.length === 0 ? 'failed' : 'success';
  return {
    status: statuses.includes('interrupted') ? 'interrupted' : ended,
    ...(commit !== undefined && { commit }),
    nodes: joined(
      results.flatMap(({ nodes }) => nodes),
      joinNodes,
    ),
    tests: joined(
      results.flatMap(({ tests }) => tests),
      joinTests,
    ),
    diagnostics: distinct([...earlier, ...results.flatMap(({ diagnostics }) => diagnostics)]),
  };
}

/** Passes on the events of several runs as those of one: what was left as it was is told at the end, once. */
export class JoinedEvents {
  #begun = false;
  readonly #told = new Set<string>();

  /** Without `totals` the first run is about all that the others are about. */
  constructor(
    private readonly listener: Listener,
    private readonly totals?: Totals,
  ) {}

  readonly emit = (event: RunEvent): void => {
    switch (event.kind) {
      case 'run-finished':
        return;
      case 'run-started':
        if (this.#begun) return;
        this.#begun = true;
        this.listener?.({ ...event, ...this.totals });
        return;
      case 'diagnostics': {
        const fresh = event.diagnostics.filter((each) => !this.#told.has(JSON.stringify(each)));
        for (const each of fresh) this.#told.add(JSON.stringify(each));
        if (fresh.length > 0) this.listener?.({ kind: 'diagnostics', diagnostics: fresh });
        return;
      }
      case 'node-finished':
        if (event.result.status === 'reused') return;
        this.#told.add(`node ${event.result.name}`);
        break;
      case 'test-finished':
        if (isQuiet(event.result.status)) return;
        this.#told.add(`test ${event.result.name}`);
        break;
    }
    this.listener?.(event);
  };

  finish(result: RunResult): void {
    for (const node of result.nodes) {
      if (!this.#told.has(`node ${node.name}`)) this.listener?.({ kind: 'node-finished', result: node });
    }
    for (const test of result.tests) {
      if (!this.#told.has(`test ${test.name}`)) this.listener?.({ kind: 'test-finished', result: test });
    }
    this.listener?.({ kind: 'run-finished', result });
  }
}

function isQuiet(status: TestStatus): boolean {
  return status === 'pass' || status === 'reused' || status === 'skipped';
}

function joined<T extends { readonly name: string }>(
  all: readonly T[],
  join: (a: T, b: T) => T,
): readonly T[] {
  const byName = new Map<string, T>();
  for (const each of all) {
    const before = byName.get(each.name);
    byName.set(each.name, before ? join(before, each) : each);
  }
  return [...byName.values()];
}

function joinNodes(a: NodeResult, b: NodeResult): NodeResult {
  const [low, high] = ordered(a, b, nodeStatuses);
  return {
    ...low,
    ...high,
    // Each part leaves the whole table behind.
    ...(b.rowCount !== undefined && { rowCount: b.rowCount, sizeBytes: b.sizeBytes, fileCount: b.fileCount }),
    durationMs: a.durationMs + b.durationMs,
    diagnostics: distinct([...a.diagnostics, ...b.diagnostics]),
  };
}

function joinTests(a: TestResult, b: TestResult): TestResult {
  const [, high] = ordered(a, b, testStatuses);
  return {
    ...high,
    durationMs: a.durationMs + b.durationMs,
    diagnostics: distinct([...a.diagnostics, ...b.diagnostics]),
  };
}

function ordered<S, T extends { readonly status: S }>(a: T, b: T, statuses: readonly S[]): readonly [T, T] {
  return statuses.indexOf(a.status) > statuses.indexOf(b.status) ? [b, a] : [a, b];
}

function distinct(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...new Map(diagnostics.map((diagnostic) => [JSON.stringify(diagnostic), diagnostic])).values()];
}
