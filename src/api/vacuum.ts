import { vacuum as vacuumLake } from '../lake/vacuum.js';
import { publishers } from '../publishers/registry.js';
import { newId } from './new-id.js';
import type { ProjectOptions } from './options.js';
import { withPublishContext } from './publish-context.js';
import { refuseReadOnlyLake } from './read-only.js';
import { updateCatalog } from './update-catalog.js';
import { withWorkspace } from './with-workspace.js';

export interface VacuumOptions extends ProjectOptions {
  /** How long what was replaced stays. */
  readonly graceMs: number;
  readonly dryRun: boolean;
}

/** What went, or would go. */
export interface VacuumReport {
  readonly keys: readonly string[];
  /** Of the lake's own files; those of dropped published partitions hold no rows. */
  readonly sizeBytes: number;
  readonly abortedUploadCount: number;
}

/** Deletes what no commit of the grace period needs. Throws `DiagnosticError`. */
export function vacuum(options: VacuumOptions): Promise<VacuumReport> {
  return withWorkspace(options, async (workspace) => {
    const { graceMs, dryRun } = options;
    if (!dryRun) await refuseReadOnlyLake(workspace);
    const now = () => new Date();
    const runId = newId(now());
    // What this machine shows to others must not name what goes.
    if (!dryRun) await updateCatalog(workspace);
    const { objects, sizeBytes, abortedUploadCount } = await vacuumLake(await workspace.lake(), {
      graceMs,
      dryRun,
      runId,
      now,
    });
    const before = new Date(now().getTime() - graceMs);
    const dropped = await withPublishContext(workspace, runId, (context) =>
      publishers['parquet-folder'].vacuum(context, before, dryRun),
    );
    return { keys: [...objects.map(({ key }) => key), ...dropped], sizeBytes, abortedUploadCount };
  });
}
