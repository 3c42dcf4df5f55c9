import type { CompileInput } from '../compiler/compile-input.js';
import { statementOf } from '../compiler/draft.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { Segment } from '../ir/expanded-model.js';
import type { Manifest, ManifestNode } from '../ir/manifest.js';
import type { ModelFile, NodeConfig } from '../ir/project.js';
import type { Expansion, ExpansionMode } from '../ports/expansion.js';
import { addGrains, floorToGrain, type TimeGrain, timeText } from '../util/time-grain.js';

/** The SQL of a model for one kind of run. */
export type ExpandRun = (
  node: ManifestNode,
  mode: ExpansionMode,
) => {
  readonly sql: string;
  readonly segments: readonly Segment[];
};

/**
 * The batch that a model is compiled and fingerprinted with: always the same, so that its logic does not change
 * with the time. Undefined for models without batches.
 */
export function sampleBatch(options: NodeConfig['options'] | undefined): ExpansionMode['batch'] {
  if (options?.strategy !== 'time_range' || options.interval === undefined) return undefined;
  const grain = options.interval as TimeGrain;
  const start = floorToGrain(grain, Date.UTC(2000, 0, 1));
  return { start: timeText(start), end: timeText(addGrains(grain, start, 1)) };
}

/** Expands models that keep history once more, as a run that only adds to their table sees them. */
export function incrementalExpansion(
  models: readonly ModelFile[],
  expansion: Expansion,
): NonNullable<CompileInput['expandIncremental']> {
  const configs = new Map(models.map((model) => [model.name, model.config]));
  return ({ name, path }, schemaOf) => {
    const config = configs.get(name);
    if (config?.materialized !== 'incremental' && config?.materialized !== 'snapshot') return undefined;
    const batch = sampleBatch(config.options);
    const expanded = expansion.retry(path, schemaOf, { incremental: true, ...(batch && { batch }) });
    return expanded.model || expanded.diagnostics.length > 0 ? expanded : undefined;
  };
}

/** Expands models while a run is under way, with the columns that were compiled. Throws `DiagnosticError`. */
export function runExpansion(manifest: Manifest, expansion: Expansion): ExpandRun {
  return (node, mode) => {
    const { model, diagnostics } = expansion.retry(
      node.path,
      (table) => manifest.nodes.get(table)?.schema,
      mode,
    );
    if (diagnostics.length > 0) throw new DiagnosticError(diagnostics);
    if (model) return { sql: statementOf(model).sql, segments: model.segments };
    return { sql: node.sql!, segments: node.segments ?? [] };
  };
}
