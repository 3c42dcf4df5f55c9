import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { Action, PinChange, Reason } from './run-plan.js';
import type { NodeResult, RunResult, TestResult } from './run-result.js';

/** What happens while a run is under way, in order. Reporters turn events into output; nothing else prints. */
export type RunEvent =
  | {
      readonly kind: 'run-started';
      readonly runId: string;
      readonly target: string;
      readonly nodeCount: number;
      readonly testCount: number;
      /** Where the lake lies, for people: a path or `s3://bucket/prefix`, never with credentials. */
      readonly lake?: string;
    }
  | { readonly kind: 'diagnostics'; readonly diagnostics: readonly Diagnostic[] }
  /** Pin files were written. */
  | { readonly kind: 'pins-changed'; readonly pins: readonly PinChange[] }
  | { readonly kind: 'node-started'; readonly name: string; readonly action: Action; readonly reason: Reason }
  | {
      readonly kind: 'node-progress';
      readonly name: string /** 0 to 1, where known. */;
      readonly fraction?: number;
      readonly rowCount?: number;
    }
  | { readonly kind: 'node-finished'; readonly result: NodeResult }
  | { readonly kind: 'test-finished'; readonly result: TestResult }
  | {
      readonly kind: 'committed';
      readonly commit: number;
      readonly tables: readonly string[];
      /** Those that are no longer there. */
      readonly dropped?: readonly string[];
    }
  | { readonly kind: 'run-finished'; readonly result: RunResult };
