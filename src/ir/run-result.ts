import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import type { PlainValue } from './plain-value.js';
import type { Action, Reason } from './run-plan.js';
import type { Interval } from './table-version.js';

export type NodeStatus = 'success' | 'reused' | 'failed' | 'skipped';

export interface NodeResult {
  readonly name: string;
  readonly action: Action;
  readonly reason: Reason;
  readonly status: NodeStatus;
  readonly durationMs: number;
  readonly rowCount?: number;
  readonly sizeBytes?: number;
  readonly fileCount?: number;
  /** Which intervals of time were built, with neighbours as one. */
  readonly intervals?: readonly Interval[];
  /** Rows that landing put aside as unreadable. */
  readonly rejectedCount?: number;
  /** Of a skipped node: the node or test that failed before it; absent when the run was stopped. */
  readonly skippedBecause?: string;
  /** Why it failed or was skipped, and what is odd about what it was made of. */
  readonly diagnostics: readonly Diagnostic[];
}

export type TestStatus = 'pass' | 'warn' | 'fail' | 'error' | 'skipped' | 'reused';

export interface TestResult {
  readonly name: string;
  readonly node?: string;
  /** Whether it is a unit test: its rows are in no table. */
  readonly isUnit?: true;
  readonly status: TestStatus;
  readonly durationMs: number;
  readonly failureCount: number;
  /** Up to five failing rows; of a unit test up to ten that differ, with a first column that says how. */
  readonly sample: readonly Readonly<Record<string, PlainValue>>[];
  /** Of a skipped test: why what it found says nothing; absent where something failed before it. */
  readonly skippedBecause?: string;
  /** Set when it passed: identifies this test over exactly these rows. */
  readonly auditKey?: string;
  /** The query that returns all failing rows; empty for a unit test. */
  readonly sql: string;
  /** Where the test is written. */
  readonly span?: Span;
  readonly diagnostics: readonly Diagnostic[];
}

export interface RunResult {
  readonly runId: string;
  readonly target: string;
  readonly status: 'success' | 'failed' | 'interrupted';
  readonly startedAt: string;
  readonly durationMs: number;
  /** Number of the commit that it made; absent when nothing changed or nothing could be committed. */
  readonly commit?: number;
  readonly nodes: readonly NodeResult[];
  readonly tests: readonly TestResult[];
  readonly diagnostics: readonly Diagnostic[];
}
