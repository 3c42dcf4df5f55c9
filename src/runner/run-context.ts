import type { NodeLineage } from '../ir/column-lineage.js';
import type { LakeSnapshot } from '../ir/commit.js';
import type { Segment } from '../ir/expanded-model.js';
import type { Manifest, ManifestNode } from '../ir/manifest.js';
import type { RunEvent } from '../ir/run-event.js';
import type { RunPlan } from '../ir/run-plan.js';
import type { TableVersion } from '../ir/table-version.js';
import type { Engine } from '../ports/engine.js';
import type { ExpansionMode } from '../ports/expansion.js';
import type { IntervalPlanner } from '../ports/interval-planner.js';
import type { MaterializationStep } from '../ports/materialization.js';
import type { RunLake } from '../ports/run-lake.js';
import type { SourceReader } from '../ports/source-reader.js';
import type { Transform } from '../ports/transform.js';
import type { Connections } from './connections.js';
import type { RelationSession } from './session.js';

/** Everything that a run is given. The clock and the ids come from outside, so that tests can fix them. */
export interface RunInput {
  readonly runId: string;
  readonly plan: RunPlan;
  readonly manifest: Manifest;
  readonly snapshot: LakeSnapshot;
  readonly openEngine: () => Promise<Engine>;
  /** Opens another engine with nothing in it, which the caller closes. */
  readonly openEmptyEngine: () => Promise<Engine>;
  readonly lake: RunLake;
  readonly sources: SourceReader;
  readonly materialize: (
    node: ManifestNode,
    sql: string,
    current: TableVersion | undefined,
  ) => MaterializationStep;
  /** A model's SQL for one kind of run. Throws `DiagnosticError`. */
  readonly expand: (
    node: ManifestNode,
    mode: ExpansionMode,
  ) => { readonly sql: string; readonly segments: readonly Segment[] };
  readonly intervals: IntervalPlanner;
  /** Where the columns of a model come from; undefined where that cannot be told. */
  readonly lineageOf: (node: ManifestNode) => Promise<NodeLineage | undefined>;
  /** The code of a node that is a transform. */
  readonly transformOf: (node: ManifestNode) => Transform;
  /** A model's SQL and logic as the lake stores them, with ephemeral models written into it. */
  readonly stored: (node: ManifestNode) => StoredDefinition;
  /** Which of a source's rows are landed; absent for all. */
  readonly sample?: (sql: string) => string;
  readonly concurrency: number;
  readonly failFast: boolean;
  readonly emit: (event: RunEvent) => void;
  readonly signal: AbortSignal;
  readonly now: () => Date;
  readonly newVersionId: () => string;
  /** The text of a project file, for code frames and positions. */
  readonly readFile: (path: string) => string | undefined;
}

export interface StoredDefinition {
  readonly sql: string;
  readonly logic: string;
  readonly reads: readonly string[];
  /** CREATE MACRO statements that the SQL needs. */
  readonly macros: readonly string[];
}

/** What the parts of one run share. */
export interface RunContext extends RunInput {
  readonly session: RelationSession;
  readonly connections: Connections;
}
