import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import { systemFailure } from '../diagnostics/system-failure.js';
import type { PlannedNode, PlannedTest } from '../ir/run-plan.js';
import type { NodeResult, TestResult } from '../ir/run-result.js';
import type { TableVersion } from '../ir/table-version.js';
import { EngineError } from '../ports/engine.js';
import { commitChanges, excludedNodes } from './commit-set.js';
import { explainFailure } from './explain-failure.js';
import { idleTestResult, nodeResult } from './results.js';
import type { RunContext } from './run-context.js';
import { runNode } from './run-node.js';
import { type RunTask, tasksOf } from './run-tasks.js';
import { runTest } from './run-test.js';
import { schedule, type TaskOutcome } from './schedule.js';

/** What came of a run's tasks. */
export interface RunOutcome {
  readonly nodes: readonly NodeResult[];
  readonly tests: readonly TestResult[];
  readonly commit?: number;
  readonly diagnostics: readonly Diagnostic[];
  /** The run was stopped before it committed what it had made. */
  readonly cutOff?: boolean;
}

/** One run under way: what came of each task so far, and the commit at its end. */
export class Run {
  readonly #nodes: NodeResult[] = [];
  readonly #tests: TestResult[] = [];
  readonly #versions: TableVersion[] = [];
  readonly #failedNodes = new Set<string>();
  readonly #failedTests: PlannedTest[] = [];
  /** Nodes that lack parts: they are audited and committed, and nothing that reads them is built. */
  readonly #partial = new Set<string>();
  readonly #auditsByNode = new Map<string, string[]>();
  /** Every version that may have left files, the ones of failed nodes included. */
  readonly #started: { table: string; versionId: string }[] = [];

  constructor(private readonly context: RunContext) {}

  async execute(): Promise<RunOutcome> {
    const { context } = this;
    let committed: { commit?: number; tables: ReadonlySet<string>; diagnostics: readonly Diagnostic[] } = {
      tables: new Set(),
      diagnostics: [],
    };
    let cutOff = false;
    try {
      await schedule(tasksOf(context.plan), {
        concurrency: context.concurrency,
        run: (task, alone) => this.#runTask(task, alone),
        skip: (task, because) => this.#skip(task, because),
        stopped: () => context.signal.aborted || (context.failFast && this.#hasFailed()),
      });
      cutOff = context.signal.aborted && this.#versions.length > 0;
      if (!context.signal.aborted) committed = await this.#commit();
    } finally {
      await context.lake.abandon(this.#started.filter((v) => !committed.tables.has(v.table)));
    }
    const { commit, diagnostics } = committed;
    return {
      nodes: this.#nodes,
      tests: this.#tests,
      diagnostics,
      cutOff,
      ...(commit !== undefined && { commit }),
    };
  }

  async #runTask(task: RunTask, alone: boolean): Promise<TaskOutcome> {
    return task.kind === 'node' ? this.#runNode(task.node, alone) : this.#runTest(task.test);
  }

  async #runNode(planned: PlannedNode, alone: boolean): Promise<TaskOutcome> {
    const { context } = this;
    if (planned.failure) return this.#fail(planned, planned.failure, 0);
    const node = context.manifest.nodes.get(planned.name)!;
    const gap = planned.after.find((name) => this.#partial.has(name));
    const quiet = planned.action === 'reuse' || planned.action === 'inline';
    if (gap !== undefined && quiet) this.#partial.add(node.name);
    else if (gap !== undefined) {
      this.#skip({ kind: 'node', id: '', after: [], node: planned }, `node:${gap}`);
      return 'failed';
    }
    const started = performance.now();
    if (!quiet)
      context.emit({ kind: 'node-started', name: node.name, action: planned.action, reason: planned.reason });
    const newVersionId = (): string => {
      const versionId = context.newVersionId();
      this.#started.push({ table: node.name, versionId }, { table: `${node.name}__rejected`, versionId });
      return versionId;
    };
    try {
      const output = await runNode(planned, { ...context, newVersionId });
      this.#versions.push(...output.versions);
      const [own] = output.versions;
      const { failures = [], warnings = [] } = output;
      const diagnostics = [...failures, ...warnings];
      if (failures.length > 0) this.#partial.add(node.name);
      const status = failures.length > 0 ? 'failed' : planned.action === 'reuse' ? 'reused' : 'success';
      this.#finishNode({
        ...nodeResult(planned, status, performance.now() - started),
        ...(diagnostics.length > 0 && { diagnostics }),
        ...(own?.kind === 'table' && {
          rowCount: own.rowCount,
          sizeBytes: own.sizeBytes,
          fileCount: own.files.length,
        }),
        ...(output.intervals && output.intervals.length > 0 && { intervals: output.intervals }),
        ...(output.rejectedCount !== undefined && { rejectedCount: output.rejectedCount }),
      });
      return 'done';
    } catch (thrown) {
      const outOfMemory = thrown instanceof EngineError && thrown.kind === 'out-of-memory';
      if (outOfMemory && !alone && context.concurrency > 1 && !context.signal.aborted) return 'retry-alone';
      const diagnostics = await explainFailure(node, thrown, context);
      return this.#fail(planned, diagnostics, performance.now() - started);
    }
  }

  #fail(planned: PlannedNode, diagnostics: readonly Diagnostic[], durationMs: number): TaskOutcome {
    this.#failedNodes.add(planned.name);
    this.#finishNode({ ...nodeResult(planned, 'failed', durationMs), diagnostics });
    return 'failed';
  }

  async #runTest(planned: PlannedTest): Promise<TaskOutcome> {
    const result = await runTest(planned, this.context);
    this.#tests.push(result);
    this.context.emit({ kind: 'test-finished', result });
    const failed = result.status === 'fail' || result.status === 'error';
    if (failed) this.#failedTests.push(planned);
    if (result.status === 'pass' || result.status === 'reused') {
      for (const gate of planned.gates) {
        this.#auditsByNode.set(gate, [...(this.#auditsByNode.get(gate) ?? []), planned.auditKey]);
      }
    }
    return failed && planned.blocksDescendants ? 'failed' : 'done';
  }

  #skip(task: RunTask, because: string | undefined): void {
    if (task.kind === 'test') {
      const result = idleTestResult(task.test, 'skipped');
      this.#tests.push(result);
      this.context.emit({ kind: 'test-finished', result });
      return;
    }
    this.#failedNodes.add(task.node.name);
    const skippedBecause = because?.slice(because.indexOf(':') + 1);
    this.#finishNode({
      ...nodeResult(task.node, 'skipped', 0),
      ...(skippedBecause !== undefined && { skippedBecause }),
    });
  }

  #finishNode(result: NodeResult): void {
    this.#nodes.push(result);
    if (result.action !== 'inline' || result.status === 'failed')
      this.context.emit({ kind: 'node-finished', result });
  }

  #hasFailed(): boolean {
    return this.#partial.size > 0 || this.#failedNodes.size > 0 || this.#failedTests.length > 0;
  }

  async #commit(): Promise<{
    commit?: number;
    tables: ReadonlySet<string>;
    diagnostics: readonly Diagnostic[];
  }> {
    const { context } = this;
    const excluded = excludedNodes(context.manifest, this.#failedNodes, this.#failedTests);
    const audited = this.#versions.map((v) => ({ ...v, audits: this.#auditsByNode.get(v.table) ?? [] }));
    const changes = commitChanges(context.plan, audited, excluded);
    if (changes.size === 0) return { tables: new Set(), diagnostics: [] };
    try {
      const commit = await context.lake.commit(changes, this.#reads(changes));
      const dropped = [...changes].flatMap(([table, version]) => (version ? [] : [table]));
      const tables = [...changes.keys()].filter((table) => !dropped.includes(table));
      context.emit({ kind: 'committed', commit, tables, ...(dropped.length > 0 && { dropped }) });
      return { commit, tables: new Set(changes.keys()), diagnostics: [] };
    } catch (thrown) {
      if (thrown instanceof DiagnosticError) return { tables: new Set(), diagnostics: thrown.diagnostics };
      const refused = systemFailure(thrown, 'The run could not be committed');
      if (!refused) throw thrown;
      return { tables: new Set(), diagnostics: [refused] };
    }
  }

  /** The committed versions that what is committed now was made from. */
  #reads(changes: ReadonlyMap<string, TableVersion | null>): ReadonlyMap<string, string> {
    const reads = new Map<string, string>();
    for (const version of changes.values()) {
      for (const input of Object.keys(version?.provenance.inputs ?? {})) {
        const committed = this.context.snapshot.tables.get(input);
        if (committed && !changes.has(input)) reads.set(input, committed.id);
      }
    }
    return reads;
  }
}
