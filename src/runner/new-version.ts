import type { ManifestNode } from '../ir/manifest.js';
import type { PlannedNode } from '../ir/run-plan.js';
import type { DataFile, TableVersion } from '../ir/table-version.js';
import type { RunContext } from './run-context.js';

/** What making one node's version needs. */
export interface NodeTask {
  readonly planned: PlannedNode;
  readonly node: ManifestNode;
  readonly context: RunContext;
}

/** A version of a node without rows, with a new id. */
export function emptyVersion({ planned, node, context }: NodeTask): TableVersion {
  return {
    format: 1,
    id: context.newVersionId(),
    table: node.name,
    kind: 'table',
    schema: node.schema,
    partitionBy: [],
    files: [],
    rowCount: 0,
    sizeBytes: 0,
    publish: node.config.publish,
    ...(node.kind === 'model' && { materialized: node.config.materialized }),
    provenance: {
      project: context.manifest.project,
      runId: context.runId,
      createdAt: context.now().toISOString(),
      dataKey: planned.dataKey,
      logic: node.kind === 'model' ? context.stored(node).logic : node.logic,
      inputs: planned.inputKeys,
      ...(planned.sample !== undefined && { sample: planned.sample }),
    },
    audits: [],
  };
}

/** The same version with these files. Ones without rows stay only where they alone keep the schema. */
export function withFiles(version: TableVersion, files: readonly DataFile[]): TableVersion {
  const filled = files.filter((file) => file.rowCount > 0);
  const kept = filled.length > 0 ? filled : files.slice(0, 1);
  return {
    ...version,
    files: kept,
    rowCount: kept.reduce((sum, file) => sum + file.rowCount, 0),
    sizeBytes: kept.reduce((sum, file) => sum + file.sizeBytes, 0),
  };
}
