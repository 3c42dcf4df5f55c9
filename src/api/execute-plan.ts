import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { columnLineage } from '../compiler/column-lineage.js';
import type { ManifestNode } from '../ir/manifest.js';
import type { RunResult } from '../ir/run-result.js';
import { relationSql } from '../lake/relation-sql.js';
import { openRunLake } from '../lake/run-lake.js';
import { materializations } from '../materializations/registry.js';
import { checkBeforeCommit } from '../pins/check-before-commit.js';
import { intervalPlanner } from '../planner/plan-intervals.js';
import { ephemeralResolver, selfContainedSql } from '../planner/resolve-ephemerals.js';
import { sharedSignal } from '../ports/interruption.js';
import type { RunLake } from '../ports/run-lake.js';
import type { StoredDefinition } from '../runner/run-context.js';
import { runPlan } from '../runner/run-plan.js';
import type { Deferred } from './deferred.js';
import { newId } from './new-id.js';
import type { RunOptions } from './options.js';
import type { PreparedRun } from './plan.js';
import { sampleSql } from './sample.js';
import { sourceReader } from './source-reader.js';
import { withTempFolder } from './temp-folder.js';
import type { Workspace } from './workspace.js';

/** Looks at what is about to be committed, by table. Throws `DiagnosticError` to stop it. */
export type CommitAudit = (changes: Parameters<RunLake['commit']>[0]) => Promise<void>;

/** Carries out a plan in a workspace's lake. Nothing is committed before `audit`, which may throw `DiagnosticError`. */
export async function executePlan(
  workspace: Workspace,
  operation: string,
  { runId, compiled, base, snapshot, deferred, plan, pins }: PreparedRun,
  options: RunOptions,
  audit: CommitAudit,
): Promise<RunResult> {
  const { manifest } = compiled;
  const lake = await workspace.lake();
  const place = shortPath(workspace.paths.root, lake.storage.url);
  const signal = sharedSignal(options.signal);
  const now = () => new Date();
  const startedAt = now().toISOString();
  const { sample } = options;
  const resolve = ephemeralResolver(manifest);
  const stored = (node: ManifestNode): StoredDefinition => {
    const { logic, inputs, ephemerals } = resolve(node);
    const used = new Set([node, ...ephemerals].flatMap((n) => n.usesMacros));
    return {
      sql: selfContainedSql(node.sql!, ephemerals),
      logic,
      reads: inputs,
      macros: manifest.sqlMacros.filter((macro) => used.has(macro.name)).map((macro) => macro.sql),
    };
  };
  return withTempFolder(workspace.paths, runId, (tempDir) =>
    runPlan({
      runId,
      plan,
      manifest,
      snapshot,
      openEngine: () => workspace.openEngine(),
      openEmptyEngine: () => workspace.openEmptyEngine(),
      lake: auditedLake(
        deferringLake(openRunLake({ lake, base, runId, operation, tempDir, now, signal }), deferred),
        async (changes) => {
          checkBeforeCommit(changes, pins);
          await audit(changes);
        },
      ),
      sources: sourceReader(workspace, manifest, tempDir, signal, compiled.sources),
      materialize: (node, sql, current) =>
        materializations[node.config.materialized]!.plan({ node, sql, current, startedAt }),
      expand: compiled.expandRun,
      transformOf: (node) => compiled.expansion.transforms.get(node.name)!,
      intervals: intervalPlanner,
      lineageOf: async ({ name }) => {
        const options = { names: [name], memo: workspace.memo };
        return (await columnLineage(manifest, () => workspace.openBinder(), options)).get(name);
      },
      ...(sample && { sample: (sql: string) => sampleSql(sql, sample) }),
      stored,
      concurrency: workspace.concurrency,
      failFast: options.failFast ?? false,
      emit: (event) => options.onEvent?.(event.kind === 'run-started' ? { ...event, lake: place } : event),
      signal,
      now,
      newVersionId: () => newId(now()),
      readFile: (path) => readFileSync(join(workspace.paths.root, path), 'utf8'),
    }),
  );
}

/** The lake, which reads what it lacks from another one. */
function deferringLake(lake: RunLake, deferred: Deferred | undefined): RunLake {
  if (!deferred) return lake;
  const { versions, lake: other } = deferred;
  const others = new Set([...versions.values()].map(({ id }) => id));
  return {
    ...lake,
    async version(table, id) {
      const found = await lake.version(table, id);
      if (found || !versions.has(table)) return found;
      others.add(id);
      return other.findVersion(table, id);
    },
    relationSql: (version) =>
      others.has(version.id) ? relationSql(version, other.storage) : lake.relationSql(version),
    // What the other lake does meanwhile is no conflict here.
    commit: (changes, reads) =>
      lake.commit(changes, new Map([...reads].filter(([table]) => !versions.has(table)))),
  };
}

/** The lake, which takes nothing before `audit` has seen it. */
function auditedLake(lake: RunLake, audit: CommitAudit): RunLake {
  return {
    ...lake,
    async commit(changes, reads) {
      await audit(changes);
      return lake.commit(changes, reads);
    },
  };
}

/** A path inside the project as people write it; any other place as it is. */
function shortPath(root: string, place: string): string {
  return place.startsWith(`${root}/`) ? place.slice(root.length + 1) : place;
}
